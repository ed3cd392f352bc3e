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

/** A statement on all tables, such as VACUUM, can say something of each. */
const MAX_SHOWN = 20;

/** Tells them. @param file what the SQL was read from, as for {@link newerWarning} */
export function tellMessages(
  context: Context,
  { warnings = [], notices = [] }: SqlMessages,
  file?: { readonly name: string; readonly firstLine?: number },
): void {
  const { json } = context.options;
  const shown = json ? notices : notices.slice(0, MAX_SHOWN);
  for (const notice of shown) context.note(noticeText(notice), { notice });
  const rest = notices.length - shown.length;
  if (rest > 0) context.note(`${rest} more such messages: --json shows all.`);
  for (const warning of warnings) context.warn(newerWarning(warning, file));
}
