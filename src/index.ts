/** What `import … from "flashwire"` gives a newsroom: the function and the types that its site file needs. */
export {
  defineSite,
  type FeedDefinition,
  type FeedFamily,
  type SiteConfig,
  type Where,
} from "./core/site.ts";
