import { NAMESPACE } from "../core/extension.ts";
import { OPEN_KEY } from "../core/keys.ts";
import type { Site } from "../core/site.ts";
import { escapeText } from "../render/xml.ts";

/** What `_flashwire` and `fw:*` mean, as a page for people: `about` of each JSON Feed document leads here. */
export function extensionPage({ title }: Pick<Site, "title">): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>The news extension of ${escapeText(title)}</title>
<h1>The news extension of these feeds</h1>
<p>The feeds of ${escapeText(title)} are RSS 2.0, Atom 1.0 and JSON Feed 1.1, made by Flashwire. What these formats
have no words for stands in an extension. A reader that does not know it loses nothing of the stories.</p>
<h2>JSON Feed: <code>_flashwire</code></h2>
<p>The feed has <code>about</code>, <code>copyright</code>, <code>deleted</code> (the items that the newsroom has
withdrawn, each with its <code>id</code>, <code>when</code>, and as <code>notice</code> what the public is told) and
<code>unseen</code> (a digest; readers ignore it).
An item has the fields of its article record that JSON Feed has no member for, such as <code>breaking</code>,
<code>change</code>, <code>section</code>, <code>places</code>, <code>media</code> and <code>rights</code>. An item with
<code>withdrawn</code> stands in the place of a story that the newsroom has taken down. Each member
is described in the schema
<a href="/schemas/flashwire-extension.schema.json">/schemas/flashwire-extension.schema.json</a>.</p>
<h2>RSS and Atom: <code>xmlns:fw="${NAMESPACE}"</code></h2>
<dl>
<dt><code>&lt;fw:breaking level="flash" until="…"/&gt;</code>
<dd>The story is breaking news: <code>flash</code> before <code>bulletin</code> before <code>urgent</code>, up to the
time in <code>until</code> where there is one.
<dt><code>&lt;fw:change kind="correction"&gt;…&lt;/fw:change&gt;</code>
<dd>What the last version of the story did: <code>update</code>, <code>correction</code> or <code>clarification</code>,
with a note for readers.
<dt><code>&lt;fw:correction kind="correction" at="…"&gt;…&lt;/fw:correction&gt;</code>
<dd>A change that the story went through, with its time and a note for readers; the oldest stands first.
<dt><code>&lt;fw:dateline&gt;…&lt;/fw:dateline&gt;</code>
<dd>Where the story was reported from. It stands before the first sentence of the body, too.
<dt><code>&lt;fw:urgency&gt;…&lt;/fw:urgency&gt;</code>
<dd>How urgent the editors find the story, from 1 (the most urgent) to 9.
<dt><code>&lt;fw:usage syndication="allow" training="deny" answers="deny" search="allow"/&gt;</code>
<dd>What machines may do with the story: show it elsewhere, train AI models, answer people with AI, index it for search. Each is
<code>allow</code>, <code>deny</code> or the address of the licence under which alone it is allowed.
<dt><code>&lt;fw:withdrawn/&gt;</code>
<dd>The newsroom has taken the story down. What stands there is no story, and replaces it.
<dt><code>&lt;fw:unseen&gt;…&lt;/fw:unseen&gt;</code>
<dd>A digest of changes that the document does not show. Readers ignore it.
</dl>
<h2>All changes, in order</h2>
<p>A feed shows its newest stories. A program that must miss nothing follows the change log:
<a href="/${OPEN_KEY}">/${OPEN_KEY}</a> names the newest changes and where the older ones are, each change names a story at
<code>/stories/{id}.json</code>, and a story has the members above and <code>_flashwire.story</code>. The schemas:
<a href="/schemas/change-log.schema.json">/schemas/change-log.schema.json</a>,
<a href="/schemas/snapshot.schema.json">/schemas/snapshot.schema.json</a>,
<a href="/schemas/story.schema.json">/schemas/story.schema.json</a>.</p>
<p>The record that newsrooms send: <a href="/schemas/article.schema.json">/schemas/article.schema.json</a>. The whole
interface: <a href="/openapi.json">/openapi.json</a>.</p>
</html>
`;
}
