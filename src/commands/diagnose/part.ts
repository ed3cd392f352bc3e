/** One part of a report on a backend. */
import type { View } from "../../terminal/view.ts";

/** What one part says. */
export interface Part {
  readonly data: unknown;
  readonly view: readonly View[];
}
