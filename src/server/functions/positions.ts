/** Stacks that name the author's files and lines instead of those of what runs. */
import { authorSource } from "../../shared/bundling/upload.ts";

/** Replaces the places in a text. */
export type Locate = (text: string) => string;

/** A place as V8 writes it: the address that compiled code has, shortened, a line and a column. */
const PLACE = /data:text\/javascript;charset=utf-8,[^\s()]*?:(\d+):(\d+)/g;
/** A line of a stack that is about what runs functions, not about a function. */
const FRAME_OF_RUNTIME =
  /\n\s+at [^\n]*(?:function_worker\.|server\/functions\/(?:confine|report)\.|\(ext:|at ext:|insforge:runtime)[^\n]*/g;

/** Reads what an upload says of its source; places without one are named after the slug. */
export async function locator(slug: string, uploaded: string): Promise<Locate> {
  const source = await authorSource(uploaded);
  if (!source) {
    return (text) => text.replaceAll(PLACE, `${slug}.js:$1:$2`).replaceAll(FRAME_OF_RUNTIME, "");
  }
  const { originalPositionFor, TraceMap } = await import("@jridgewell/trace-mapping");
  const map = new TraceMap(source.map);
  return (text) =>
    text.replaceAll(PLACE, (_, line, column) => {
      const found = originalPositionFor(map, { line: Number(line), column: Number(column) - 1 });
      if (found.source === null) return "insforge:runtime";
      if (found.source.startsWith("npm:")) return found.source;
      return `${found.source}:${found.line}:${found.column + 1}`;
    }).replaceAll(FRAME_OF_RUNTIME, "");
}
