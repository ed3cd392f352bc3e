/**
 * The catalog queries behind a dump. Most answer rows of `id`, `name` and `sql` (see
 * `SchemaObject`) for the schemas `$1`, a text array; what belongs to an extension is left out.
 */
import { constraints, indexAttachments, indexes, indexRoles, indexStatistics } from "./indexes.ts";
import { aliases, comments, dependencies, extensionDependents } from "./links.ts";
import { defaultPrivileges, privileges } from "./privileges.ts";
import { aggregates, routines, textSearch } from "./routines.ts";
import { partitionTriggers, policies, rowSecurity, triggers } from "./security.ts";
import { sequenceOwners, sequences, sequenceValues } from "./sequences.ts";
import { columnOptions, columns, inheritedColumns, partitions, tables } from "./tables.ts";
import {
  casts,
  collations,
  composites,
  domainConstraints,
  domains,
  enums,
  extensions,
  ranges,
  schemas,
} from "./types.ts";
import { unsupported } from "./unsupported.ts";
import { rules, viewDefaults, views } from "./views.ts";

const QUERIES = {
  schemas,
  extensions,
  enums,
  domains,
  domainConstraints,
  composites,
  ranges,
  collations,
  casts,
  sequences,
  sequenceOwners,
  sequenceValues,
  tables,
  columns,
  columnOptions,
  inheritedColumns,
  partitions,
  constraints,
  indexes,
  indexAttachments,
  indexStatistics,
  indexRoles,
  routines,
  aggregates,
  textSearch,
  views,
  viewDefaults,
  rules,
  rowSecurity,
  policies,
  triggers,
  partitionTriggers,
  privileges,
  defaultPrivileges,
  comments,
  extensionDependents,
  dependencies,
  aliases,
  unsupported,
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
