/** Which extension brings what a statement did not find. */
import { notFoundIn } from "./not_found.ts";

/** Functions and types by the beginning of their names, as the documentation of each has them. */
const BROUGHT: readonly (readonly [extension: string, names: RegExp])[] = [
  ["uuid-ossp", /^uuid_(generate_v|ns_|nil$)/],
  ["pgcrypto", /^(crypt|gen_salt|digest|hmac|armor|dearmor|pgp_\w+|gen_random_bytes)$/],
  ["pg_trgm", /^(word_|strict_word_)?similarity|^show_trgm$|^g(in|ist)_trgm_ops$/],
  ["unaccent", /^unaccent$/],
  ["fuzzystrmatch", /^(levenshtein|soundex|difference|d?metaphone|daitch_mokotoff)/],
  ["tablefunc", /^(crosstab|connectby|normal_rand)/],
  ["earthdistance", /^(earth|ll_to_earth|earth_box|earth_distance)$/],
  ["http", /^http(_get|_post|_put|_patch|_delete|_head|_header|_request|_response)?$/],
  ["postgis", /^st_[a-z]|^(geography|geometry)$/],
  ["vector", /^(vector|halfvec|sparsevec|cosine_distance|l2_distance)$/],
  ["citext", /^citext$/],
  ["hstore", /^hstore/],
  ["ltree", /^(ltree|lquery|ltxtquery)$/],
  ["cube", /^cube$/],
  ["pg_cron", /^cron$/],
];

/** Schemas of extensions that Supabase has and no backend, and what is here instead. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  net: "It is of Supabase's extension pg_net. Call addresses by http_post of the extension http " +
    "(insforge db query 'CREATE EXTENSION http'), or at set times: insforge schedules create --help",
  pgmq: "It is of the extension pgmq, which the backend does not have: keep a queue as a table.",
  vault:
    "It is of Supabase's vault. Keep secrets, which functions read, by: insforge secrets add NAME",
};

/**
 * What to do where a message of PostgreSQL misses what an extension brings.
 * @param lacking the extensions that are known not to be had
 */
export function extensionHint(
  message: string,
  lacking: ReadonlySet<string> = new Set(),
): string | undefined {
  const missing = notFoundIn(message);
  if (!missing || missing.kind === "relation") return undefined;
  const [schema] = missing.kind === "schema" || missing.name.includes(".")
    ? missing.name.toLowerCase().split(".")
    : [];
  const elsewhere = schema === undefined ? undefined : ELSEWHERE[schema];
  if (elsewhere !== undefined) return elsewhere;
  const name = missing.name.split(".").at(-1)!.toLowerCase();
  const [extension] = BROUGHT.find(([, names]) => names.test(name)) ?? [];
  if (extension === undefined) return undefined;
  return lacking.has(extension)
    ? `The extension ${extension} has it, which the backend does not have.`
    : `The extension ${extension} has it: insforge db query 'CREATE EXTENSION "${extension}"'`;
}
