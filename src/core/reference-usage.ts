import type { Reference } from "./reference-media.ts";

/* What each field of `rights.usage` is for: the part of reference.ts about machines. */

export const USAGE_REFERENCE: Reference = {
  "rights.usage": {
    description:
      "What machines may do with this article, where that is less than `rights` in the site file allows: of both the stricter holds. Two licences that differ are `deny`.",
    example: { training: "deny" },
  },
  "rights.usage.syndication": {
    description: "Whether partners may show the article.",
    example: "https://news.example.org/licences/syndication",
  },
  "rights.usage.training": {
    description: "Whether AI models may be trained or tuned on it.",
    example: "deny",
  },
  "rights.usage.answers": {
    description: "Whether it may be given to AI models that answer people, as in AI search and assistants.",
    example: "deny",
  },
  "rights.usage.search": {
    description: "Whether search engines may index it, to lead readers to it.",
    example: "allow",
  },
};
