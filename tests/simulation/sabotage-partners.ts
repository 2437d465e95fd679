import type { FollowOptions } from "../../src/consumer/follow.ts";
import type { Named } from "../../src/consumer/log.ts";
import type { PartnerParts } from "./partner.ts";
import type { Sabotage } from "./spoil.ts";

/** What partners read, as far as sabotages look into it: a page of the log, a page of the snapshot, or a story. */
type Read = {
  changes?: Named[];
  stories?: Named[];
  _flashwire?: { story: { id: string; order: string } };
};

/** The wrong ways to follow the change log: each spoils the program of every partner. */
export const PARTNER_SABOTAGES: Record<string, Sabotage> = {
  "partner: cursor kept before its changes": {
    partner: (parts) => ({
      ...parts,
      follow: async function* (...args) {
        for await (const batch of parts.follow(...args)) {
          await parts.keepCursor(batch.cursor);
          yield batch;
        }
      },
    }),
  },

  "partner: stale story taken": { partner: withStaleStories },

  "partner: two programs at once on one copy": {
    partner: (parts) => ({ ...parts, isFree: () => true }),
  },
};

const namedIn = ({ changes = [], stories = [] }: Read) => [...changes, ...stories];

/** A story passes for the version that was named, whatever it is. */
function withStaleStories(parts: PartnerParts): PartnerParts {
  const told = new Map<string, Named>();
  return withOptions(parts, ({ fetch, digest, ...options }) => ({
    ...options,
    fetch: changed(fetch, (read) => {
      for (const named of namedIn(read))
        if ((told.get(named.id)?.order ?? "") <= named.order) told.set(named.id, named);
      const { story } = read._flashwire ?? {};
      const order = story && told.get(story.id)?.order;
      if (story && order !== undefined && story.order < order) story.order = order;
    }),
    digest: (bytes) => {
      const read: Read = JSON.parse(new TextDecoder().decode(bytes));
      const named = told.get(read._flashwire?.story.id ?? "");
      return named?.order === read._flashwire?.story.order ? (named?.digest ?? "") : (digest?.(bytes) ?? "");
    },
  }));
}

type Fetch = NonNullable<FollowOptions["fetch"]>;
type Spoiled = (options: FollowOptions & { fetch: Fetch }) => FollowOptions;

function withOptions(parts: PartnerParts, spoil: Spoiled): PartnerParts {
  return {
    ...parts,
    follow: (url, cursor, options = {}) =>
      parts.follow(url, cursor, spoil({ ...options, fetch: options.fetch as Fetch })),
  };
}

/** Answers with JSON, changed. */
function changed(fetch: Fetch, change: (read: Read) => void): Fetch {
  return async (url, init) => {
    const response = await fetch(url, init);
    if (response.status !== 200) return response;
    const text = await response.text();
    const read = parsed(text);
    const before = JSON.stringify(read);
    if (read !== undefined) change(read);
    const after = JSON.stringify(read);
    return new Response(after === before ? text : after, { headers: response.headers });
  };
}

function parsed(text: string): Read | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
