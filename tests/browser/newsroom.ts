import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import site from "../../flashwire.config.ts";
import { readConfig } from "../../src/config/environment.ts";
import type { ArticleInput } from "../../src/core/article.ts";
import { startWire } from "../../src/local/wire.ts";
import { siteFileWith } from "../support/site-file.ts";

/** A wire as `npm start` runs it, with a newsroom that sends. */
export async function startNewsroom() {
  const folder = mkdtempSync(join(tmpdir(), "flashwire-browser-"));
  const siteFile = siteFileWith(site);
  const env = { FLASHWIRE_DATA: folder, PORT: "0", FLASHWIRE_CONFIG: siteFile };
  const wire = await startWire(readConfig(env), () => {});
  const ask = async (method: string, path: string, body: unknown) => {
    const headers = { Authorization: `Bearer ${wire.token}`, "Content-Type": "application/json" };
    const response = await fetch(wire.url + path, { method, headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  };
  return {
    url: wire.url,
    send: (article: ArticleInput) => ask("PUT", `/articles/${article.id}?wait=published`, article),
    kill: (id: string, notice: string) => ask("DELETE", `/articles/${id}?wait=published`, { notice }),
    async close() {
      await wire.close();
      rmSync(folder, { recursive: true });
    },
  };
}

export type Newsroom = Awaited<ReturnType<typeof startNewsroom>>;

/** A story with these fields. */
export function story(id: string, fields: Partial<ArticleInput> = {}): ArticleInput {
  return {
    id,
    url: `https://news.example.org/${id}`,
    headline: `Story ${id} of the day`,
    summary: "What happened, to whom, where and why, in a sentence or two as newsrooms write them.",
    section: "World",
    published: "2026-11-24T18:00:00Z",
    authors: [{ name: "Amara Okafor" }],
    ...fields,
  };
}

export const PICTURE = {
  url: "https://pictures.example.org/bridge.jpg",
  type: "image/jpeg",
  width: 1200,
  height: 800,
  alt: "A bridge at night",
  caption: "The bridge on Thursday.",
  credit: "Kim Lee / Agency",
  role: "lead" as const,
};
