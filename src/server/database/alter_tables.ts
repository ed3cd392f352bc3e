import type {
  CreateTableRequest,
  CreateTableResponse,
  DeleteTableResponse,
  UpdateTableSchemaRequest,
  UpdateTableSchemaResponse,
} from "../../shared/contract/backend.ts";
import { adminSession } from "../http/identity.ts";
import { ApiError } from "../http/api_error.ts";
import type { Database, Transaction } from "./client.ts";
import { tableExists } from "./describe_table.ts";
import { assertName, qualifiedName, quoteLiteral, quoteName } from "./names.ts";
import { tableNotFound } from "./describe_table.ts";

type Column = CreateTableRequest["columns"][number];
type ForeignKey = NonNullable<CreateTableRequest["foreignKeys"]>[number];

/** Columns that every table made over this API has, with their types. */
const SYSTEM_COLUMNS: Record<string, string> = {
  id: "uuid",
  created_at: "datetime",
  updated_at: "datetime",
};

const SQL_TYPES: Record<string, string> = {
  string: "text",
  datetime: "timestamptz",
  date: "date",
  integer: "integer",
  float: "double precision",
  boolean: "boolean",
  uuid: "uuid",
  json: "jsonb",
};

/**
 * Makes a table with an id, timestamps and a trigger that keeps `updated_at` (contract section
 * 6.2).
 * @throws {ApiError} 400 for a name that is taken and for columns that cannot be
 */
export async function createTable(
  database: Database,
  schema: string,
  { tableName, columns, foreignKeys = [], rlsEnabled }: CreateTableRequest,
): Promise<CreateTableResponse> {
  assertName(tableName);
  const own = ownColumns(columns);
  const table = qualifiedName(schema, tableName);
  const lines = [
    "id uuid PRIMARY KEY DEFAULT gen_random_uuid()",
    ...own.map(columnSql),
    "created_at timestamptz DEFAULT now()",
    "updated_at timestamptz DEFAULT now()",
    ...foreignKeys.map((key) => foreignKeySql(tableName, key)),
  ];
  await database.transaction(async (transaction) => {
    if (await tableExists(transaction, schema, tableName)) throw tableTaken(tableName);
    await transaction.query(`CREATE TABLE ${table} (${lines.join(", ")})`);
    if (rlsEnabled) await transaction.query(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`);
    await transaction.query(
      `CREATE TRIGGER ${quoteName(`${tableName}_update_timestamp`)} BEFORE UPDATE ON ${table}
       FOR EACH ROW EXECUTE FUNCTION system.update_updated_at()`,
    );
  }, adminSession);
  return {
    schemaName: schema,
    message: "The table was created",
    tableName,
    columns: own.map((column) => ({ ...column, sqlType: sqlType(column.type) })),
    autoFields: Object.keys(SYSTEM_COLUMNS),
    nextActions: "Rows can be written now. Add policies to let signed-in users reach them.",
  };
}

/**
 * Changes columns, foreign keys and the name of a table, all in one transaction.
 * @throws {ApiError} 404 when there is no such table, 403 for changes to the columns that the
 * backend keeps
 */
export async function updateTable(
  database: Database,
  schema: string,
  tableName: string,
  request: UpdateTableSchemaRequest,
): Promise<UpdateTableSchemaResponse> {
  const operations = await database.transaction(async (transaction) => {
    if (!(await tableExists(transaction, schema, tableName))) throw tableNotFound(tableName);
    return await applyChanges(transaction, schema, tableName, request);
  }, adminSession);
  return {
    schemaName: schema,
    message: "The table was changed",
    tableName: request.renameTable?.newTableName ?? tableName,
    operations,
  };
}

/** Drops a table with what depends on it; one that is not there is a success too. */
export async function dropTable(
  database: Database,
  schema: string,
  tableName: string,
): Promise<DeleteTableResponse> {
  await database.query(
    `DROP TABLE IF EXISTS ${qualifiedName(schema, tableName)} CASCADE`,
    [],
    adminSession,
  );
  return {
    schemaName: schema,
    message: "The table was deleted",
    tableName,
    nextActions: "POST /api/database/tables makes a new one.",
  };
}

async function applyChanges(
  { query }: Transaction,
  schema: string,
  tableName: string,
  request: UpdateTableSchemaRequest,
): Promise<string[]> {
  const table = qualifiedName(schema, tableName);
  const operations: string[] = [];

  async function alter(action: string, description: string): Promise<void> {
    await query(`ALTER TABLE ${table} ${action}`);
    operations.push(description);
  }

  for (const name of request.dropForeignKeys ?? []) {
    await alter(`DROP CONSTRAINT ${quoteName(name)}`, `Dropped foreign key ${name}`);
  }
  for (const name of request.dropColumns ?? []) {
    assertNotSystemColumn(name);
    await alter(`DROP COLUMN ${quoteName(name)}`, `Dropped column ${name}`);
  }
  for (const { columnName, defaultValue, newColumnName } of request.updateColumns ?? []) {
    assertNotSystemColumn(columnName);
    const column = quoteName(columnName);
    if (defaultValue !== undefined) {
      const change = defaultValue === ""
        ? "DROP DEFAULT"
        : `SET DEFAULT ${defaultSql(defaultValue)}`;
      await alter(`ALTER COLUMN ${column} ${change}`, `Changed the default of ${columnName}`);
    }
    if (newColumnName !== undefined) {
      assertName(newColumnName);
      assertNotSystemColumn(newColumnName);
      await alter(
        `RENAME COLUMN ${column} TO ${quoteName(newColumnName)}`,
        `Renamed column ${columnName} to ${newColumnName}`,
      );
    }
  }
  for (const column of request.addColumns ?? []) {
    assertName(column.columnName);
    assertNotSystemColumn(column.columnName);
    await alter(`ADD COLUMN ${columnSql(column)}`, `Added column ${column.columnName}`);
  }
  for (const key of request.addForeignKeys ?? []) {
    await alter(
      `ADD ${foreignKeySql(tableName, key)}`,
      `Added foreign key to ${key.referenceTable}`,
    );
  }
  if (request.renameTable) {
    const { newTableName } = request.renameTable;
    assertName(newTableName);
    await alter(`RENAME TO ${quoteName(newTableName)}`, `Renamed the table to ${newTableName}`);
  }
  return operations;
}

/**
 * The columns that are the caller's own: those that the backend adds anyway are dropped when their
 * type is right.
 */
function ownColumns(columns: Column[]): Column[] {
  const own = columns.filter(({ columnName, type }) => {
    assertName(columnName);
    const expected = SYSTEM_COLUMNS[columnName];
    if (expected !== undefined && type !== expected) {
      throw new ApiError(
        400,
        "DATABASE_VALIDATION_ERROR",
        `The column "${columnName}" is made by the backend and has the type ${expected}`,
        "Leave it out, or give it that type.",
      );
    }
    return expected === undefined;
  });
  if (own.length > 0) return own;
  throw new ApiError(400, "DATABASE_VALIDATION_ERROR", "A table needs a column of its own");
}

function columnSql({ columnName, type, isNullable, isUnique, defaultValue }: Column): string {
  return [
    quoteName(columnName),
    sqlType(type),
    isNullable ? "" : "NOT NULL",
    isUnique ? "UNIQUE" : "",
    defaultValue ? `DEFAULT ${defaultSql(defaultValue)}` : "",
  ].filter(Boolean).join(" ");
}

function sqlType(type: string): string {
  const known = SQL_TYPES[type];
  if (known !== undefined) return known;
  throw new ApiError(
    400,
    "DATABASE_VALIDATION_ERROR",
    `There is no column type "${type}"`,
    `Types: ${Object.keys(SQL_TYPES).join(", ")}.`,
  );
}

/**
 * A call without arguments or a keyword stands as it is; everything else is a literal, in quotes or
 * not.
 */
function defaultSql(value: string): string {
  if (/^([a-z_]\w*\.)?[a-z_]\w*\(\)$/i.test(value)) return value;
  if (/^(null|true|false|current_(timestamp|date|time|user))$/i.test(value)) return value;
  const quoted = /^'((?:[^']|'')*)'$/.exec(value)?.[1];
  return quoteLiteral(quoted === undefined ? value : quoted.replaceAll("''", "'"));
}

function foreignKeySql(table: string, key: ForeignKey): string {
  const sources = key.referenceColumns.map(({ sourceColumn }) => sourceColumn);
  const name = key.constraintName ?? `${table}_${sources.join("_")}_fkey`;
  const target = key.referenceTable.split(".").map(quoteName).join(".");
  const targets = key.referenceColumns.map(({ referenceColumn }) => quoteName(referenceColumn));
  return `CONSTRAINT ${quoteName(name)} FOREIGN KEY (${sources.map(quoteName).join(", ")})
    REFERENCES ${target} (${
    targets.join(", ")
  }) ON DELETE ${key.onDelete} ON UPDATE ${key.onUpdate}`;
}

function assertNotSystemColumn(name: string): void {
  if (name in SYSTEM_COLUMNS) {
    throw new ApiError(403, "DATABASE_FORBIDDEN", `The column "${name}" is kept by the backend`);
  }
}

function tableTaken(table: string): ApiError {
  return new ApiError(
    400,
    "DATABASE_DUPLICATE",
    `There is a table "${table}" already`,
    "Choose another name, or change it with PATCH /api/database/tables/{table}/schema.",
  );
}
