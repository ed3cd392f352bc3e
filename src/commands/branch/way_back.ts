import { text, type View } from "../../terminal/view.ts";

/** How the directory goes back, where it is on one of the branches. */
export function wayBack(branches: readonly { readonly current: boolean }[]): View[] {
  return branches.some(({ current }) => current)
    ? [text("Go back to the parent with: insforge branch switch --parent")]
    : [];
}
