import type { StoredRecord } from "../../src/core/record.ts";
import { storyState } from "../../src/core/story.ts";
import { shownArticle, versionOf } from "../../src/core/version.ts";
import type { Renderer } from "../../src/render/renderer.ts";
import { storyBody } from "../../src/render/story.ts";
import { TEST_SITE, withdrawn } from "../support/articles.ts";

type Article = StoredRecord["article"];
type Story = { _flashwire: { removed?: true; story: { status: string } } };

/** The stories of these articles: as they are published, withdrawn, and removed. */
export function storiesOf(articles: Article[], renderer: Pick<Renderer, "item">): Story[] {
  return articles.flatMap((article) => {
    const { id, guid, published } = article;
    const killed = withdrawn({ id, guid, published, updated: article.updated });
    const expired = { ...article, expires: published };
    return [
      storyOf({ article, feeds: ["all"] }, renderer),
      storyOf({ article: killed, feeds: ["all"] }, renderer),
      storyOf({ article: expired, feeds: ["all"], phase: 1 } as StoredRecord, renderer),
    ];
  });
}

function storyOf(record: StoredRecord, renderer: Pick<Renderer, "item">): Story {
  const state = storyState(TEST_SITE, record);
  if (state === undefined) throw new Error(`${record.article.id} has no story.`);
  const shown = state.status === "published" ? shownArticle(record) : undefined;
  const item = shown && renderer.item({ id: shown.id, version: versionOf(record) }, shown);
  return JSON.parse(Buffer.from(storyBody(TEST_SITE, record, state, item)).toString());
}
