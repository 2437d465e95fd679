/** How breaking news is, strongest first. `true` in a record means the weakest. */
export const BREAKING_LEVELS = ["flash", "bulletin", "urgent"] as const;
export type BreakingLevel = (typeof BREAKING_LEVELS)[number];

/** Whether the second level is stronger than the first. */
export function isLevelRaised(from: BreakingLevel, to: BreakingLevel): boolean {
  return BREAKING_LEVELS.indexOf(to) < BREAKING_LEVELS.indexOf(from);
}
