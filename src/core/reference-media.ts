/* What each field of a medium is for: the part of reference.ts about media and embeds. */

/** Words and an example by the path of a field. */
export type Reference = Record<string, { description: string; example: unknown }>;

export const MEDIA_REFERENCE: Reference = {
  media: {
    description: "Pictures, audio, video and documents of the article.",
    example: [{ url: "https://news.example.org/images/bridge.jpg", type: "image/jpeg", role: "lead" }],
  },
  "media[].url": {
    description: "The address of the file.",
    example: "https://news.example.org/images/bridge.jpg",
  },
  "media[].type": { description: "The media type of the file.", example: "image/jpeg" },
  "media[].width": { description: "The width in pixels.", example: 1600 },
  "media[].height": { description: "The height in pixels.", example: 900 },
  "media[].bytes": { description: "The size of the file in bytes.", example: 284113 },
  "media[].alt": {
    description: "What the picture shows, for people who do not see it.",
    example: "Cyclists crossing the harbour bridge",
  },
  "media[].caption": { description: "The caption.", example: "Cyclists were the first to cross." },
  "media[].credit": { description: "Who made it.", example: "Ben Lens" },
  "media[].creditRole": {
    description:
      "What the one who is credited did. In XML documents stand the roles of the European Broadcasting Union, such as `photographer`, `illustrator`, `graphic designer` and `camera operator`.",
    example: "photographer",
  },
  "media[].role": {
    description: "`lead` for the one that stands for the article, `inline` for one inside the body.",
    example: "lead",
  },
  "media[].focalPoint": {
    description: "The point of the picture that every crop has to keep.",
    example: { x: 0.5, y: 0.25 },
  },
  "media[].focalPoint.x": { description: "From the left edge (0) to the right (1).", example: 0.5 },
  "media[].focalPoint.y": { description: "From the upper edge (0) to the lower (1).", example: 0.25 },
  "media[].syndicate": {
    description: "`false` keeps the file out of every document, for a newsroom that may not pass it on.",
    example: false,
  },
  "media[].renditions": {
    description:
      "Other sizes and crops of the same picture, or other encodings of the same film. The medium itself is the best of them.",
    example: [{ url: "https://news.example.org/images/bridge-320.jpg", type: "image/jpeg", width: 320 }],
  },
  "media[].renditions[].url": {
    description: "The address of the file.",
    example: "https://news.example.org/images/bridge-320.jpg",
  },
  "media[].renditions[].type": { description: "The media type of the file.", example: "image/jpeg" },
  "media[].renditions[].width": { description: "The width in pixels.", example: 320 },
  "media[].renditions[].height": { description: "The height in pixels.", example: 180 },
  "media[].renditions[].bytes": { description: "The size of the file in bytes.", example: 18211 },
  embeds: {
    description:
      "What the body shows of other pages: videos, posts, charts. The wire adds what it finds in the body, where a link stands for it.",
    example: [{ url: "https://www.youtube.com/watch?v=a1b2c3", provider: "YouTube" }],
  },
  "embeds[].url": {
    description: "The address of what is shown.",
    example: "https://www.youtube.com/watch?v=a1b2c3",
  },
  "embeds[].provider": { description: "Who offers it.", example: "YouTube" },
  "embeds[].title": { description: "What it is called.", example: "The bridge from above" },
  "embeds[].poster": {
    description: "The address of a picture that stands for it.",
    example: "https://news.example.org/images/bridge-video.jpg",
  },
};
