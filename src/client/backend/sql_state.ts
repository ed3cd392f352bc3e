/** What kind of error PostgreSQL's words tell of, for backends that send the words alone. */

/** Messages of PostgreSQL in English, as its sources write them, by SQLSTATE. */
const MESSAGES: readonly (readonly [sqlstate: string, message: RegExp])[] = [
  [
    "42601",
    /\bsyntax error\b|^(query|the sql) could not be parsed\b|^unterminated |^cannot insert multiple commands/i,
  ],
  ["42P01", /^(relation|table|view|sequence|materialized view|index) .* does not exist/i],
  ["42703", /^column .* does not exist/i],
  ["42883", /^(function|procedure|operator) .* does not exist/i],
  [
    "42704",
    /^(type|schema|role|constraint|extension|policy|trigger|rule|collation) .* does not exist/i,
  ],
  [
    "42P07",
    /^(relation|type|schema|function|policy|trigger|constraint|column|extension|role) .* already exists/i,
  ],
  ["42804", /\bis of type .* but (expression|default expression) is of type\b|cannot be matched$/i],
  ["42702", /is ambiguous$/i],
  ["42803", /must appear in the GROUP BY clause|aggregate functions? .* not allowed/i],
  ["42501", /^permission denied\b|row-level security policy|^must be (owner|superuser|member)/i],
  ["23505", /^duplicate key value violates unique constraint|^could not create unique index/i],
  ["23503", /violates foreign key constraint/i],
  ["23502", /violates not-null constraint|contains null values$/i],
  ["23514", /violates check constraint|is violated by some row/i],
  ["23P01", /violates exclusion constraint/i],
  ["22012", /^division by zero$/i],
  ["22P02", /^invalid input (syntax|value)|^malformed (array|range|record) literal/i],
  ["22003", /\bout of range$|^value overflows|numeric field overflow/i],
  ["22001", /^value too long for type/i],
  ["22007", /^date\/time field value|^time zone .* not recognized/i],
  ["22000", /^(cannot|invalid) .*\b(json|regular expression|escape|encoding|byte sequence)/i],
  ["57014", /^canceling statement|^query timeout\b|statement timeout/i],
  ["40P01", /^deadlock detected/i],
  ["40001", /^could not serialize access/i],
  ["55P03", /lock timeout|^could not obtain lock/i],
  ["53200", /^out of (shared )?memory/i],
];

/** What to do, by SQLSTATE and else by its class, the first two characters. */
const HINTS: Readonly<Record<string, string>> = {
  // The line that is marked says it.
  "42601": "",
  "42P01": "See what there is with: insforge db tables",
  "42703": "See a table's columns with `\\d TABLE` in: insforge db shell",
  "42883": "See the functions with: insforge db functions",
  "42704": "Check its name and schema, or create it first.",
  "42P07": "Choose another name, or say IF NOT EXISTS or CREATE OR REPLACE.",
  "42501": "See what row-level security lets through with: insforge db policies",
  "23505": "A row with this key is there already: change the value, or say ON CONFLICT.",
  "23503": "Add the row that is referred to first, or remove those that refer to it.",
  "23502": "Give the column a value, or a default.",
  "23": "The row breaks a rule of its table: change its values.",
  "22012": "Divide by NULLIF(…, 0) where the divisor may be 0.",
  "22": "Change the value: the type of its place does not take it.",
  "42": "Check the names and types in the SQL.",
  "57014": "Read or change less at once, or add an index: a statement has 30 s.",
  "40": "Another transaction was in the way: run it again.",
  "55": "Another transaction holds a lock: run it again in a moment.",
  "53": "The database is short of memory or connections: do less at once, or try again later.",
};

/** The SQLSTATE that a message of PostgreSQL stands for, where it is known. */
export function sqlStateOf(message: string): string | undefined {
  const words = message.replace(/^import failed: /i, "");
  return MESSAGES.find(([, pattern]) => pattern.test(words))?.[0];
}

/** What to do about an error of a class, where there is something to say. */
export function hintForSqlState(sqlstate: string): string | undefined {
  return (HINTS[sqlstate] ?? HINTS[sqlstate.slice(0, 2)]) || undefined;
}
