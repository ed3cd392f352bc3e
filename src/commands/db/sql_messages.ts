/** What is told on stderr beside the result of SQL. */
import { newerWarning } from "../../client/backend/newer_syntax.ts";
import { noticeText } from "../../client/backend/notices.ts";
import type { Context } from "../../cli/context.ts";
import type { NewerSyntax, SqlNotice } from "../../shared/contract/raw_sql.ts";

/** What answers say beside their result. */
export interface SqlMessages {
  /** What InsForge's own PostgreSQL would not take. */
  readonly warnings?: readonly NewerSyntax[];
  /** What the SQL said while it ran. */
  readonly notices?: readonly SqlNotice[];
}

/** Tells them. @param file what the SQL was read from, as for {@link newerWarning} */
export function tellMessages(
  context: Context,
  { warnings = [], notices = [] }: SqlMessages,
  file?: { readonly name: string; readonly firstLine?: number },
): void {
  for (const notice of notices) context.note(noticeText(notice), { notice });
  for (const warning of warnings) context.warn(newerWarning(warning, file));
}
