/** What code of functions is parsed with: carried, since few commands parse any. */
export { parse } from "acorn";
