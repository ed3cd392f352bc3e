import type { Context } from "../../cli/context.ts";

/** Says why a backend compared memories by their words alone. */
export function tellComparison(
  context: Context,
  { comparedBy, reason }: { readonly comparedBy?: string; readonly reason?: string },
): void {
  if (comparedBy !== "words") return;
  context.note(`Memories were compared by their words: ${reason ?? "there is no model."}`);
}
