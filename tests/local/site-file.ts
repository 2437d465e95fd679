import config from "../../flashwire.config.ts";
import type { SiteConfig } from "../../src/config/site-file.ts";

/** What gives a process of the wire an edited site file in place of that of the checkout. */
export function edited(changes: Partial<SiteConfig>): Record<string, string> {
  const source = `export default ${JSON.stringify({ ...config, ...changes })}`;
  const hook = `
    import { registerHooks } from "node:module";
    const source = ${JSON.stringify(source)};
    const load = (url, context, next) =>
      url.endsWith("/flashwire.config.ts") ? { format: "module", source, shortCircuit: true } : next(url, context);
    registerHooks({ load });`;
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(hook)}` };
}
