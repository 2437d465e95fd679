/** Seconds for an import or a deletion of a stack that holds nothing: AWS needs some, and on a bad day a few minutes. */
export const MAX_WAIT_SECONDS = 600;

/** Pages of 100 events that tell why a deploy failed: one deploy of this template has some 200 events. */
export const MAX_EVENT_PAGES = 10;

/** How far the clock of this machine may be off from that of AWS: one that is set by the network is off by less. */
export const MAX_CLOCK_SKEW_MS = 60_000;

/** Pages of 100 resources; CloudFormation allows 500 in a stack. */
export const MAX_RESOURCE_PAGES = 5;

/** Pages of 100 distributions; 500 is AWS's quota for an account. */
export const MAX_DISTRIBUTION_PAGES = 5;

/** Concurrent executions that Lambda keeps for functions that reserve none. */
export const MIN_UNRESERVED = 100;

/** Resources that a line names; the console has them all. */
export const MAX_NAMED = 5;
