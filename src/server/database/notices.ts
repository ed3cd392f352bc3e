import type { SqlNotice } from "../../shared/contract/raw_sql.ts";
import type { Said } from "./wire/replies.ts";

/** How much of what SQL says is kept, in UTF-16 units: a loop can say anything without end. */
const MAX_LENGTH = 256 * 1024;

/** Collects what SQL says while it runs; the last one then tells how many were left out. */
export class Notices {
  readonly #kept: SqlNotice[] = [];
  #length = 0;
  #leftOut = 0;

  add({ severity = "NOTICE", message, detail, hint }: Said): void {
    this.#length += message.length + (detail?.length ?? 0) + (hint?.length ?? 0);
    if (this.#length > MAX_LENGTH) this.#leftOut++;
    else this.#kept.push({ severity, message, detail, hint });
  }

  all(): SqlNotice[] {
    if (this.#leftOut === 0) return this.#kept;
    return [...this.#kept, { severity: "NOTICE", message: `${this.#leftOut} more were left out` }];
  }
}
