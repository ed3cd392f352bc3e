/**
 * The extensions of PostgreSQL that the program carries. Each has a file of its own, packed, which
 * is read when a statement first needs it; a start reads the list alone.
 */
import manifest from "../../../../deno.json" with { type: "json" };

/** Names of PGlite's own bundles; `spi` holds four small ones. */
export const PGLITE_BUNDLES: readonly string[] = [
  "amcheck",
  "bloom",
  "btree_gin",
  "btree_gist",
  "citext",
  "cube",
  "dict_int",
  "dict_xsyn",
  "earthdistance",
  "fuzzystrmatch",
  "hstore",
  "intarray",
  "isn",
  "lo",
  "ltree",
  "pageinspect",
  "pg_buffercache",
  "pg_freespacemap",
  "pg_stat_statements",
  "pg_surgery",
  "pg_trgm",
  "pg_visibility",
  "pg_walinspect",
  "pgcrypto",
  "seg",
  "spi",
  "tablefunc",
  "tcn",
  "tsm_system_rows",
  "tsm_system_time",
  "unaccent",
  "uuid-ossp",
];

/** Those that look into PostgreSQL's own files and memory: only unrestricted SQL makes them. */
export const SUPERUSER_ONLY: ReadonlySet<string> = new Set([
  "amcheck",
  "pageinspect",
  "pg_buffercache",
  "pg_freespacemap",
  "pg_surgery",
  "pg_visibility",
  "pg_walinspect",
]);

/** A file of an extension. */
export interface BundledFile {
  /** Below PGlite's prefix, such as `lib/postgresql/citext.so`. */
  readonly path: string;
  readonly size: number;
  /** Where its bytes begin in the unpacked bundle. */
  readonly offset: number;
}

/** What a start reads. */
export interface BundleList {
  /** The files of each bundle, by its name. */
  readonly bundles: Readonly<Record<string, readonly BundledFile[]>>;
  /** The texts of the control files by path: PostgreSQL reads all of them to list what there is. */
  readonly controls: Readonly<Record<string, string>>;
}

/** What the bundles were made of; another text when they have to be made anew. */
export const BUNDLE_VERSION = [
  manifest.imports["@electric-sql/pglite"],
  manifest.imports["@electric-sql/pglite-pgvector"],
].map((specifier) => specifier.split("@").at(-1)).join("-");

/** The name of a packed bundle among the prepared files, or of the list for `list`. */
export function bundleFile(name: string): string {
  return `extensions/${BUNDLE_VERSION}/${name}.br`;
}
