/** What is logged of errors: their messages may quote values. */
import { statementWithoutValues } from "../../shared/sql/without_values.ts";
import { DatabaseError } from "../http/api_error.ts";

/**
 * SQLSTATEs, or classes of them, whose messages name constraints, tables and columns, and nothing
 * else.
 */
const NAMES_ONLY = /^(23|25|40|42501|55006|55P03|57014)/;
/** What PostgreSQL writes between two names. */
const BETWEEN_NAMES = /" (?:of|for|on) (?:relation|table) "/;

/**
 * What an error says, with `…` for whatever may be a value. An error that is not the database's is
 * taken by its code, where it has one.
 * @param sql what failed: the names in it may be shown
 */
export function messageWithoutValues(error: Error, sql = ""): string {
  if (!(error instanceof DatabaseError)) {
    return "code" in error ? String(error.code) : error.message;
  }
  const { message, sqlstate, routine } = error.fields;
  if (routine === "exec_stmt_raise") return "raised by a function of the database";
  return NAMES_ONLY.test(sqlstate) ? message : textWithoutValues(message, sql);
}

/**
 * A message of PostgreSQL in which a value stands in quotes, which it may hold itself, or is a
 * number.
 */
export function textWithoutValues(message: string, sql: string): string {
  const statement = statementWithoutValues(sql);
  const isNamed = (name: string) =>
    /^[\w.$\x80-\uffff]+$/.test(name) && tokensOf(statement).has(name.toLowerCase());
  return message.replace(/"([^]*)"/, (quoted, inner: string) => {
    return inner.split(BETWEEN_NAMES).every(isNamed) ? quoted : '"…"';
  }).replaceAll(/(?<![\w"$.])\d\w*/g, "…");
}

function tokensOf(statement: string): Set<string> {
  const words = statement.toLowerCase().match(/[\w$\x80-\uffff]+(?:\.[\w$\x80-\uffff]+)*/g) ?? [];
  return new Set(words);
}

/** The columns of the key that a detail such as `Key (email)=(a@b) already exists` tells of. */
export function keyColumnsOf(detail: string | undefined): string | undefined {
  return /^Key (\([\w", ]+\))=\(/.exec(detail ?? "")?.[1];
}
