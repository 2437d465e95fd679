/** What Flashwire adds to the formats: `fw:*` in RSS and Atom, `_flashwire` in JSON Feed. */

/** The XML namespace of `fw:*`, the same for every wire. It never changes: a new one would be another vocabulary. */
export const NAMESPACE = "urn:flashwire:ns:1";

/** Where each wire says what its extension means, to people. */
export const EXTENSION_PATH = "/about/extension";

/** The members of `_flashwire` that are fields of the record, by their names in the record. */
export const EXTENSION_FIELDS = {
  short_headline: "shortHeadline",
  dateline: "dateline",
  revision: "revision",
  breaking: "breaking",
  urgency: "urgency",
  change: "change",
  corrections: "corrections",
  section: "section",
  sections: "sections",
  tags: "tags",
  keywords: "keywords",
  genre: "genre",
  places: "places",
  media: "media",
  source: "source",
  rights: "rights",
  related: "related",
};
