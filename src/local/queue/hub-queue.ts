import type { Site } from "../../core/site.ts";
import { type Topic, topicOf } from "../../hubs/topics.ts";
import { FORMATS } from "../../render/formats.ts";
import { type LineDeps, startHubLine } from "./hub-line.ts";
import type { Journal, JournalEntry } from "./journal.ts";

/** What tells the hubs of a local wire that documents have changed. Publishing never waits for it. */
export type HubQueue = {
  /** An object of the public store was written. */
  onPublished(key: string): void;
  /** Takes over what processes that died had not told. */
  adopt(): Promise<void>;
  /** Gives up what is under way; what is not told stays in the journal. */
  close(): Promise<void>;
};

type Deps = LineDeps & { site: Site };

/**
 * The journal is written after the document and is not waited for, so that no article is later for a hub. A process that is killed
 * in between loses the ping; the hub then hears of the document at its next change.
 */
export function startHubQueue(deps: Deps, journal: Journal): HubQueue {
  const { site, log, now } = deps;
  const lines = site.hubs.map((hub) => startHubLine(deps, hub, settle));
  /** A journal entry for each document that a hub has not been told of. */
  const entries = new Map<string, Promise<JournalEntry | undefined>>();

  function note(topic: Topic, entry: () => Promise<JournalEntry>): void {
    if (!entries.has(topic.key)) entries.set(topic.key, entry().catch(noteFailure));
    for (const line of lines) line.add(topic, now() + topic.settlesMs);
  }

  /** It is still told, as long as this process lives. */
  function noteFailure(error: unknown): undefined {
    log("hubs.journal.failed", { error: String(error) });
  }

  async function settle(keys: string[]): Promise<void> {
    const told = keys.filter((key) => !lines.some((line) => line.has(key)));
    const found = told.map((key) => entries.get(key));
    for (const key of told) entries.delete(key);
    const written = (await Promise.all(found)).filter((entry) => entry !== undefined);
    if (written.length > 0) await journal.settle(written);
  }

  return {
    onPublished(key) {
      const topic = isDocument(key) ? topicOf(site, key) : undefined;
      if (topic !== undefined) note(topic, () => journal.append(key));
    },
    async adopt() {
      const found = await journal.adopt();
      const foreign: JournalEntry[] = [];
      for (const entry of found) {
        const topic = topicOf(site, entry.key);
        // One that is known has an entry already.
        if (topic === undefined || entries.has(topic.key)) foreign.push(entry);
        if (topic !== undefined) note(topic, async () => entry);
      }
      if (foreign.length > 0) await journal.settle(foreign);
    },
    async close() {
      await Promise.all(lines.map((line) => line.close()));
      await Promise.all(entries.values());
      await journal.close();
    },
  };
}

const isDocument = (key: string) =>
  FORMATS.some(({ file, forPeople }) => !forPeople && key.endsWith(`/${file}`));
