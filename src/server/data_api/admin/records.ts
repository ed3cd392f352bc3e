import type { Database } from "../../database/client.ts";
import { tableNotFound } from "../../database/describe_table.ts";
import type { RawResult, StatementInput } from "../../database/messages.ts";
import { ApiError } from "../../http/api_error.ts";
import { adminSession } from "../../http/identity.ts";
import type { LocalBackend } from "../../services.ts";
import type { ReadPlan } from "../plan/read_plan.ts";
import type { WritePlan } from "../plan/write_plan.ts";
import type { Condition } from "../request/filter.ts";
import type { OrderTerm } from "../request/order.ts";
import type { Relation } from "../schema/relation.ts";
import type { SchemaCache } from "../schema/schema_cache.ts";
import { allRowsSql, ReadSql, tableSource } from "../sql/read.ts";
import { Values as Parameters } from "../sql/values.ts";
import { writeSql } from "../sql/write.ts";
import { anyOf, checkColumns, checkKey, holds, isRow, type Values } from "./conditions.ts";

/** A row as the owner gives or gets it. */
export type AdminRecord = Record<string, unknown>;

/** Which rows are listed. */
export interface ListOptions {
  readonly limit: number;
  readonly offset: number;
  readonly search?: string;
  readonly sort: readonly OrderTerm[];
  readonly filterColumn?: string;
  readonly filterValue?: string;
}

/** Rows of any table, read and written as the project's owner. */
export class AdminRecords {
  readonly #database: Database;
  readonly #cache: SchemaCache;

  constructor({ database, schemas }: LocalBackend) {
    this.#database = database;
    this.#cache = schemas;
  }

  /** @throws {ApiError} 404 DATABASE_NOT_FOUND */
  async table(schema: string, name: string): Promise<Relation> {
    const relation = (await this.#cache.get(schema)).relations.get(name);
    if (!relation) throw tableNotFound(name);
    return relation;
  }

  async list(
    table: Relation,
    { limit, offset, search, sort, filterColumn, filterValue }: ListOptions,
  ): Promise<{ rows: AdminRecord[]; total: number }> {
    const filtered = filterColumn === undefined ? {} : { [filterColumn]: filterValue! };
    checkColumns(table, [...Object.keys(filtered), ...sort.map(({ field }) => field.name)]);
    const conditions = [
      ...filterColumn === undefined ? [] : [isRow(filtered)],
      ...search ? holds(table, search) : [],
    ];
    const plan = planOf(table, conditions);
    const values = new Parameters();
    const all = allRowsSql(plan, tableSource(table), values);
    const [counted, rows] = await this.#run([
      { sql: `SELECT count(*)::int4 AS total FROM (${all}) AS _all`, params: values.list },
      readOf({ ...plan, order: sort, limit, offset }, table),
    ], true);
    return { rows: rowsOf(rows!), total: rowsOf(counted!)[0]!.total as number };
  }

  /** The first row with these values, null when there is none. */
  async lookup(table: Relation, values: Values): Promise<AdminRecord | null> {
    checkColumns(table, Object.keys(values));
    const plan = { ...planOf(table, [isRow(values)]), limit: 1 };
    const [result] = await this.#run([readOf(plan, table)], true);
    return rowsOf(result!)[0] ?? null;
  }

  /** Inserts rows, all or none; empty texts are left out for columns that hold no text. */
  async create(table: Relation, rows: readonly AdminRecord[]): Promise<AdminRecord[]> {
    const statements = rows.map((row) => {
      checkColumns(table, Object.keys(row));
      const kept = Object.entries(row).filter(([name, value]) =>
        value !== "" || holdsText(table, name)
      );
      return changeOf(table, "insert", { row: Object.fromEntries(kept) });
    });
    return (await this.#run(statements)).flatMap(rowsOf);
  }

  /**
   * Changes one row; an empty text is no value in columns that hold no text.
   * @throws {ApiError} 404 DATABASE_NOT_FOUND
   */
  async update(table: Relation, key: Values, row: AdminRecord): Promise<AdminRecord> {
    checkColumns(table, [...Object.keys(key), ...Object.keys(row)]);
    checkKey(table, Object.keys(key));
    const values = Object.entries(row).map(([name, value]) =>
      [name, value === "" && !holdsText(table, name) ? null : value] as const
    );
    const change = { row: Object.fromEntries(values), conditions: [isRow(key)] };
    const [result] = await this.#run([changeOf(table, "update", change)]);
    const [changed] = rowsOf(result!);
    if (changed) return changed;
    throw new ApiError(404, "DATABASE_NOT_FOUND", "There is no such row", "Check its key.");
  }

  /** Removes rows by their keys. @returns how many there were */
  async remove(table: Relation, keys: readonly Values[]): Promise<number> {
    for (const key of keys) {
      checkColumns(table, Object.keys(key));
      checkKey(table, Object.keys(key));
    }
    const conditions = [anyOf(keys.map(isRow))];
    const [result] = await this.#run([changeOf(table, "delete", { conditions })]);
    return rowsOf(result!).length;
  }

  /**
   * Inserts rows of any shapes, all or none; empty texts are no values. With a key, rows that are
   * there take the values.
   * @returns how many were written
   */
  async upsert(
    table: Relation,
    rows: readonly AdminRecord[],
    key: string | undefined,
  ): Promise<number> {
    const shapes = Map.groupBy(rows, (row) => JSON.stringify(Object.keys(row).toSorted()));
    const statements = [...shapes.values()].map((alike) => {
      const columns = Object.keys(alike[0]!);
      checkColumns(table, columns);
      if (key !== undefined && !columns.includes(key)) {
        throw new ApiError(400, "INVALID_INPUT", `A row has no ${JSON.stringify(key)}, the key`);
      }
      const json = JSON.stringify(alike, (_, value) => value === "" ? null : value);
      const given = { columns, json, count: alike.length, first: alike[0] };
      return changeOf(table, "insert", { given, key: key === undefined ? undefined : [key] });
    });
    const results = await this.#run(statements);
    return results.reduce((sum, { rowCount }) => sum + (rowCount ?? 0), 0);
  }

  async #run(statements: StatementInput[], readOnly = false): Promise<RawResult[]> {
    const session = { ...adminSession, readOnly, keepsSchema: true };
    return await this.#database.run(statements, session);
  }
}

function planOf(relation: Relation, conditions: readonly Condition[]): ReadPlan {
  const everything = { kind: "field" as const, field: { name: "*", path: [] } };
  return { relation, items: [everything], embeds: [], conditions, order: [] };
}

function readOf(plan: ReadPlan, table: Relation): StatementInput {
  const values = new Parameters();
  return { sql: new ReadSql(values).rows(plan, tableSource(table)), params: values.list };
}

function changeOf(
  relation: Relation,
  action: WritePlan["action"],
  { row, given, conditions = [], key }: {
    readonly row?: AdminRecord;
    readonly given?: WritePlan["given"];
    readonly conditions?: readonly Condition[];
    readonly key?: readonly string[];
  },
): StatementInput {
  const rows = given ?? (row && {
    columns: Object.keys(row),
    json: JSON.stringify([row]),
    count: 1,
    first: row,
  });
  const values = new Parameters();
  const sql = writeSql({
    action,
    relation,
    columns: rows?.columns ?? [],
    given: rows,
    conditions,
    key,
    merges: true,
    usesDefaults: false,
    order: [],
    read: planOf(relation, []),
    keys: [],
  }, values);
  return { sql, params: values.list };
}

function holdsText({ columns }: Relation, name: string): boolean {
  return columns.some((column) => column.name === name && column.holdsText);
}

function rowsOf({ rows }: RawResult): AdminRecord[] {
  return JSON.parse(new TextDecoder().decode(rows));
}
