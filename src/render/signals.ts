import { LICENSE_KEY, TDMREP_KEY } from "../core/keys.ts";
import type { Site } from "../core/site.ts";
import { isLicence, type Use } from "../core/usage.ts";
import { licenceDocument, licenceElement, type Stated, usageElement } from "./rsl.ts";

/*
 * How machines are told what they may do, in each of the vocabularies that they know. What the vocabularies share is in
 * core/usage.ts. None of them says that a thing is allowed which is allowed under a licence alone.
 */

/**
 * Where a signal stands: in robots.txt for all, or among the rules of the one group of crawlers; in a header of every document; as a
 * document of its own; or in the entry of a story in RSS and Atom. `say` answers undefined where the vocabulary has nothing to say.
 */
export type Signal = {
  in: "robots" | "group" | "entry" | "header" | "document";
  /** The name of the header, or the key of the document. */
  name?: string;
  say(stated: Stated): string | undefined;
};

/** The part of a site file that signals are made from. */
type StatingSite = Pick<Site, "origin"> & {
  rights?: Site["rights"] | undefined;
  publisher?: Site["publisher"];
};

/** One row for each place in which a vocabulary is read. */
export const SIGNALS: readonly Signal[] = [
  // RSL 1.0, section 3: https://rslstandard.org/rsl
  { in: "document", name: LICENSE_KEY, say: licenceDocument },
  // RSL 1.0, section 4.4, and RFC 9309, 2.2.4: https://www.rfc-editor.org/rfc/rfc9309
  { in: "robots", say: ({ origin }) => `License: ${origin}/${LICENSE_KEY}` },
  // RSL 1.0, section 4.5, and RFC 8288: https://www.rfc-editor.org/rfc/rfc8288
  { in: "header", name: "Link", say: licenceLink },
  // RSL 1.0, section 4.7: https://rslstandard.org/rsl
  { in: "entry", say: licenceElement },
  // Our own words, docs/consumers.md: what the newsroom says, use by use.
  { in: "entry", say: ({ usage }) => usageElement(usage) },
  // Content signals: https://contentsignals.org/
  {
    in: "group",
    say: words("Content-Signal", { search: "search", answers: "ai-input", training: "ai-train" }),
  },
  // TDMRep, header and file: https://www.w3.org/community/reports/tdmrep/CG-FINAL-tdmrep-20240510/
  { in: "header", name: "tdm-reservation", say: reserved },
  { in: "header", name: "tdm-policy", say: policy },
  { in: "document", name: TDMREP_KEY, say: reservation },
];

/** A line with a word for each use, such as `Content-Signal: search=yes, ai-train=no`. */
export function words(name: string, terms: Partial<Record<Use, string>>, [yes, no] = ["yes", "no"]) {
  return ({ usage }: Stated) => {
    const said = (Object.entries(terms) as [Use, string][]).flatMap(([use, term]) =>
      usage[use] === undefined ? [] : [`${term}=${usage[use] === "allow" ? yes : no}`],
    );
    return said.length === 0 ? undefined : `${name}: ${said.join(", ")}`;
  };
}

/** What all rows of one place say, in the order of the table. */
export function said(
  place: Signal["in"],
  stated: Stated,
  signals = SIGNALS,
): { name: string; text: string }[] {
  return signals
    .filter((signal) => signal.in === place)
    .flatMap(({ name = "", say }) => {
      const text = say(stated);
      return text === undefined ? [] : [{ name, text }];
    });
}

/** What is said of everything that a wire at this origin serves; undefined where its site file says nothing. */
export function statedOf({ rights, publisher, origin }: StatingSite): Stated | undefined {
  if (rights === undefined) return undefined;
  return { usage: rights, origin, asset: "/", ...(publisher && { holder: publisher.name }) };
}

/** The headers of every document, with `Link` among them. */
export function rightsHeaders(site: StatingSite): { name: string; text: string }[] {
  const stated = statedOf(site);
  return stated === undefined ? [] : said("header", stated);
}

function licenceLink({ origin }: Stated): string {
  return `<${origin}/${LICENSE_KEY}>; rel="license"; type="application/rsl+xml"`;
}

/**
 * Text and data mining is training and answering. Only a reservation is told: `0` would speak for stories too whose records reserve
 * what the site file allows.
 */
function reserved({ usage: { training, answers } }: Stated): string | undefined {
  return [training, answers].some((use) => use !== undefined && use !== "allow") ? "1" : undefined;
}

/** Where a licence is to be had: there is room for one. */
function policy({ usage: { training, answers } }: Stated): string | undefined {
  const [licence, ...others] = new Set([training, answers].filter(isLicence));
  return others.length === 0 ? licence : undefined;
}

function reservation(stated: Stated): string | undefined {
  if (reserved(stated) === undefined) return undefined;
  const licence = policy(stated);
  const rule = { location: stated.asset, "tdm-reservation": 1, ...(licence && { "tdm-policy": licence }) };
  return `${JSON.stringify([rule])}\n`;
}
