/** What SQL said while it ran, where the backend passes it on: the local one does. */
import type { SqlNotice } from "../../shared/contract/raw_sql.ts";

/** Such as psql shows it. */
export function noticeText({ severity, message, detail, hint }: SqlNotice): string {
  return [
    `${severity}:  ${message}`,
    detail && `DETAIL:  ${detail}`,
    hint && `HINT:  ${hint}`,
  ].filter(Boolean).join("\n");
}
