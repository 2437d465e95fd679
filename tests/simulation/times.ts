import type { Breaking, Incoming } from "../../src/core/article.ts";
import { BREAKING_LEVELS } from "../../src/core/levels.ts";
import { MINUTE_MS } from "../../src/core/limits.ts";
import { HOUR_MS, START } from "./clock.ts";
import { hashOf, version } from "./world.ts";

/*
 * What newsrooms of the simulator say about time: a function of the number of the run's world, the id of the article, and
 * the numbers of the version and of its content. Times are full hours of the run, some with microseconds, so that several
 * fall together.
 */

/** A version as `version` makes it, with times. A version may have other times than the one before, or none. */
export function timedVersion(world: number, id: string, n: number, content = 0): Incoming {
  const sent = version(id, n, content);
  const story = choices(world, id);
  const own = choices(world, id, n, content);
  const dated = { ...sent, ...datesOf(sent, n, story, own) };
  if (dated.status === "withdrawn") return dated;
  const { breaking: _, ...rest } = dated;
  const hour = 1 + own(4);
  const [waits, ends] = [story(3) === 0 && own(4) > 0, story(5) === 0 && own(4) > 0];
  const isBreaking = story(2) === 0 && own(3) > 0;
  return {
    ...rest,
    ...(isBreaking && { breaking: breakingOf(hour, own) }),
    // Some wait for a moment that is nearly there.
    ...(waits && { embargo: own(3) === 0 ? moment(own(300)) : at(hour, own) }),
    ...(ends && { expires: at(hour + own(3), own) }),
  };
}

/** A number below `n`, another one each time, and the same ones for the same names. */
type Choice = (n: number) => number;

function choices(...names: (string | number)[]): Choice {
  let state = hashOf(names.join(" "));
  return (n) => {
    state = hashOf(`${state} ${n}`);
    return state % n;
  };
}

/** Most stories were published before the run. Some come with the date of an hour of it, or of the first minutes. */
function datesOf({ published, updated }: Incoming, n: number, story: Choice, own: Choice) {
  const kind = story(6);
  const isRunning = story(3) === 0;
  return {
    published: kind === 0 ? at(1 + own(4), own) : kind === 1 ? minute(story(5)) : published,
    // Also later than the clock is when the version comes.
    updated: isRunning ? minute(n * 90) : updated,
  };
}

function breakingOf(hour: number, own: Choice): Breaking {
  const level = BREAKING_LEVELS[own(BREAKING_LEVELS.length)] as Breaking["level"];
  return own(2) === 0 ? { level } : { level, until: at(hour + own(2), own) };
}

function at(hour: number, own: Choice): string {
  const instant = new Date(START + hour * HOUR_MS).toISOString();
  return own(2) === 0 ? instant.replace("Z", "400Z") : instant;
}

const moment = (seconds: number) => new Date(START + seconds * 1_000).toISOString();
const minute = (minutes: number) => new Date(START + minutes * MINUTE_MS).toISOString();
