/** The names of the formats that a site file may choose from. render/formats.ts says what each is. */
export const FORMAT_NAMES = ["rss", "atom", "json", "page"] as const;

export type FormatName = (typeof FORMAT_NAMES)[number];
