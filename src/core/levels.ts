/** How breaking news is, strongest first. `true` in a record means the weakest. */
export const BREAKING_LEVELS = ["flash", "bulletin", "urgent"] as const;
export type BreakingLevel = (typeof BREAKING_LEVELS)[number];

/** 0 for the strongest. What is no breaking news comes last. */
export function levelRank(level: BreakingLevel | undefined): number {
  return level === undefined ? BREAKING_LEVELS.length : BREAKING_LEVELS.indexOf(level);
}

/** Whether the second level is stronger than the first. */
export function isLevelRaised(from: BreakingLevel, to: BreakingLevel): boolean {
  return levelRank(to) < levelRank(from);
}
