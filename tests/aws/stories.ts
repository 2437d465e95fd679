import { httpRequest } from "./account.ts";
import type { Wire } from "./deployed.ts";
import type { LambdaProcess } from "./runtime.ts";

export function article(id: string, fields: Record<string, unknown> = {}) {
  return {
    url: `https://news.example.org/${id}`,
    headline: `Headline of ${id}`,
    body: `<p>${"Words of the story. ".repeat(50)}</p>`,
    section: "World",
    published: "2026-03-01T12:00:00Z",
    ...fields,
    id,
  };
}

export async function put(wire: Wire, ingest: LambdaProcess, record: ReturnType<typeof article>) {
  const answer = await ingest.invoke(httpRequest("PUT", `/articles/${record.id}`, wire.token, record));
  if (!answer.ok) throw new Error(JSON.stringify(answer.error));
  const { statusCode, body } = answer.result as { statusCode: number; body: string };
  return { status: statusCode, body: JSON.parse(body) };
}

export async function document(wire: Wire, feed: string, file = "feed.json"): Promise<string> {
  return textOf(await wire.services.stores.published.get(`feeds/${feed}/${file}`));
}

export const textOf = (stored: { body: Uint8Array } | undefined) =>
  Buffer.from(stored?.body ?? []).toString();
