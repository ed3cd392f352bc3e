/**
 * Node's timers for packages of npm, objects that can be `unref`ed, as Deno gives them: those of
 * the function itself are numbers.
 */
import { loadEsbuild } from "./esbuild.ts";
import type { Content } from "./load.ts";

const USE = /\bset(?:Timeout|Interval)\b/;
const NAMES = ["clearInterval", "clearTimeout", "setInterval", "setTimeout"];
const DEFINE = Object.fromEntries(
  ["", "globalThis.", "global."].flatMap((scope) =>
    NAMES.map((name) => [scope + name, `__${name}`])
  ),
);

/** A module of a package with the timers of prelude.js, where it has any. */
export async function withNodeTimers(path: string, content: Content): Promise<Content> {
  const { contents, loader } = content;
  // Packages of JSR are none of npm's.
  if (loader !== "js" || path.startsWith("@jsr/")) return content;
  const text = typeof contents === "string" ? contents : new TextDecoder().decode(contents);
  if (!USE.test(text)) return content;
  const { transform } = await loadEsbuild();
  try {
    const { code } = await transform(text, {
      define: DEFINE,
      target: "esnext",
      charset: "utf8",
      logLevel: "silent",
    });
    return { contents: code, loader };
  } catch {
    // What is wrong with it is said where it is bundled.
    return content;
  }
}
