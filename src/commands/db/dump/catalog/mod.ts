/**
 * The catalog queries behind a dump. Most answer rows of `id`, `name` and `sql` (see
 * `SchemaObject`) for the schemas `$1`, a text array; what belongs to an extension is left out.
 */
import {
  CONSTRAINTS,
  INDEX_ATTACHMENTS,
  INDEX_ROLES,
  INDEX_STATISTICS,
  INDEXES,
} from "./indexes.ts";
import { ALIASES, COMMENTS, DEPENDENCIES, EXTENSION_DEPENDENTS } from "./links.ts";
import { DEFAULT_PRIVILEGES, PRIVILEGES } from "./privileges.ts";
import { AGGREGATES, OPERATORS, ROUTINES, TEXT_SEARCH } from "./routines.ts";
import { PARTITION_TRIGGERS, POLICIES, ROW_SECURITY, TRIGGERS } from "./security.ts";
import { SEQUENCE_OWNERS, SEQUENCE_VALUES, SEQUENCES } from "./sequences.ts";
import { COLUMN_OPTIONS, COLUMNS, INHERITED_COLUMNS, PARTITIONS, TABLES } from "./tables.ts";
import {
  CASTS,
  COLLATIONS,
  COMPOSITES,
  DOMAIN_CONSTRAINTS,
  DOMAINS,
  ENUMS,
  EXTENSIONS,
  RANGES,
  SCHEMAS,
} from "./types.ts";
import { UNSUPPORTED } from "./unsupported.ts";
import { RULES, VIEW_DEFAULTS, VIEWS } from "./views.ts";

const QUERIES = {
  schemas: SCHEMAS,
  extensions: EXTENSIONS,
  enums: ENUMS,
  domains: DOMAINS,
  domainConstraints: DOMAIN_CONSTRAINTS,
  composites: COMPOSITES,
  ranges: RANGES,
  collations: COLLATIONS,
  casts: CASTS,
  sequences: SEQUENCES,
  sequenceOwners: SEQUENCE_OWNERS,
  sequenceValues: SEQUENCE_VALUES,
  tables: TABLES,
  columns: COLUMNS,
  columnOptions: COLUMN_OPTIONS,
  inheritedColumns: INHERITED_COLUMNS,
  partitions: PARTITIONS,
  constraints: CONSTRAINTS,
  indexes: INDEXES,
  indexAttachments: INDEX_ATTACHMENTS,
  indexStatistics: INDEX_STATISTICS,
  indexRoles: INDEX_ROLES,
  routines: ROUTINES,
  aggregates: AGGREGATES,
  operators: OPERATORS,
  textSearch: TEXT_SEARCH,
  views: VIEWS,
  viewDefaults: VIEW_DEFAULTS,
  rules: RULES,
  rowSecurity: ROW_SECURITY,
  policies: POLICIES,
  triggers: TRIGGERS,
  partitionTriggers: PARTITION_TRIGGERS,
  privileges: PRIVILEGES,
  defaultPrivileges: DEFAULT_PRIVILEGES,
  comments: COMMENTS,
  extensionDependents: EXTENSION_DEPENDENTS,
  dependencies: DEPENDENCIES,
  aliases: ALIASES,
  unsupported: UNSUPPORTED,
};

export type CatalogName = keyof typeof QUERIES;

/**
 * One statement, and so one moment, that answers a row with the rows of every query as a JSON
 * array.
 */
export const CATALOG = `SELECT ${
  Object.entries(QUERIES).map(([name, query]) =>
    `(SELECT coalesce(json_agg(q), '[]') FROM (${query}) q) AS "${name}"`
  ).join(",\n")
}`;
