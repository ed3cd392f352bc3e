/** Schemas by chance: tables, partitions, functions, views and whatever ties them together. */
import { fc } from "./arbitraries.ts";

/** What a generated schema has; every combination is valid. */
export interface SchemaPlan {
  /**
   * Names of its objects in the order in which they are taken: what is made first is not first by
   * name.
   */
  readonly names: readonly string[];
  readonly columns: readonly ColumnPlan[];
  /** How many functions call one another before a value comes out. */
  readonly calls: number;
  readonly language: "sql" | "plpgsql";
  readonly partitions: "none" | "range" | "list" | "hash" | "nested";
  readonly views: number;
  readonly isMaterialized: boolean;
  readonly hasCycle: boolean;
  readonly hasChild: boolean;
  readonly usesDomain: boolean;
  readonly security: "none" | "enabled" | "forced";
  readonly trigger: "none" | "enabled" | "disabled";
  readonly identity: "DEFAULT" | "FULL" | "NOTHING";
  readonly grants: "none" | "table" | "column" | "function";
  readonly rows: number;
}

interface ColumnPlan {
  readonly type: keyof typeof VALUES;
  readonly isNotNull: boolean;
  readonly default: "none" | "constant" | "call";
  readonly option: "none" | "storage" | "statistics" | "comment" | "index" | "partial" | "unique";
}

/** Types, and an expression over the row number \`i\` that has a value of each. */
const VALUES = {
  "integer": "i",
  "bigint": "i::bigint * 3000000000",
  "numeric(10,3)": "i / 7.0",
  "double precision": "CASE i % 4 WHEN 0 THEN '-0'::float8 WHEN 1 THEN 'NaN' ELSE i / 3.0 END",
  "real": "i / 3.0",
  "text": "'it''s \\ \n' || i",
  "character varying(20)": "'é; --' || i",
  "character(3)": "'a'",
  "boolean": "i % 2 = 0",
  "timestamp with time zone": "'2026-01-02 03:04:05.678901+00'::timestamptz + i * interval '1 day'",
  "interval": "i * interval '1 month 2 days'",
  "jsonb": "jsonb_build_object('a', i, 'b', ARRAY[i])",
  "bytea": "decode('00ff', 'hex')",
  "text[]": "ARRAY['a,b', NULL, 'c\"d']",
  "int4range": "int4range(i, i + 5)",
  "uuid": "md5(i::text)::uuid",
} as const;

const NAMES = [
  "a",
  "z",
  "m_1",
  "Upper",
  "with space",
  'q"uote',
  "select",
  "é",
  "b2",
  "table",
  "x'y",
  "dot.ted",
  "k",
  "_under",
  "semi;colon",
  "$money",
];

const column: fc.Arbitrary<ColumnPlan> = fc.record({
  type: fc.constantFrom(...Object.keys(VALUES) as (keyof typeof VALUES)[]),
  isNotNull: fc.boolean(),
  default: fc.constantFrom("none", "constant", "call"),
  option: fc.constantFrom(
    "none",
    "storage",
    "statistics",
    "comment",
    "index",
    "partial",
    "unique",
  ),
});

/** A plan of a schema. */
export const schemaPlan: fc.Arbitrary<SchemaPlan> = fc.record({
  names: fc.shuffledSubarray(NAMES, { minLength: NAMES.length }),
  columns: fc.array(column, { maxLength: 6 }),
  calls: fc.integer({ min: 0, max: 4 }),
  language: fc.constantFrom("sql", "plpgsql"),
  partitions: fc.constantFrom("none", "range", "list", "hash", "nested"),
  views: fc.integer({ min: 0, max: 3 }),
  isMaterialized: fc.boolean(),
  hasCycle: fc.boolean(),
  hasChild: fc.boolean(),
  usesDomain: fc.boolean(),
  security: fc.constantFrom("none", "enabled", "forced"),
  trigger: fc.constantFrom("none", "enabled", "disabled"),
  identity: fc.constantFrom("DEFAULT", "FULL", "NOTHING"),
  grants: fc.constantFrom("none", "table", "column", "function"),
  rows: fc.integer({ min: 0, max: 12 }),
});

/** The statements that make a planned schema by the name `schema`. */
export function schemaSql(plan: SchemaPlan, schema: string): string {
  let taken = 0;
  const quote = (name: string) => `"${name.replaceAll('"', '""')}"`;
  const next = () => {
    const name = plan.names[taken % plan.names.length]! + (taken >= plan.names.length ? "2" : "");
    taken++;
    return `${schema}.${quote(name)}`;
  };
  const statements = [`CREATE SCHEMA ${schema}`];
  const add = (...more: readonly (string | false)[]) =>
    statements.push(...more.filter((statement) => statement !== false));

  const call = functions(plan, next, add);
  const mood = next();
  add(`CREATE TYPE ${mood} AS ENUM ('b', 'a', 'it''s')`);
  const domain = plan.usesDomain ? next() : "integer";
  if (plan.usesDomain) {
    add(`CREATE DOMAIN ${domain} AS integer CONSTRAINT "is it" CHECK (${call("VALUE")} > -100)`);
  }

  const table = next();
  const columns = plan.columns.map((column, index) => ({ ...column, name: quote(`c ${index}`) }));
  add(
    `CREATE TABLE ${table} (id integer PRIMARY KEY, mood ${mood} DEFAULT 'a', kept ${domain}` +
      columns.map((column) => `, ${columnSql(column, call)}`).join("") +
      `, twice integer GENERATED ALWAYS AS (${call("id")} * 2) STORED, CHECK (${call("id")} > -5))`,
  );
  columns.forEach((column) => addOption(table, column, call, add));
  const values = columns.map(({ type }) => `, ${VALUES[type]}`).join("");
  const list = ["id", "mood", "kept", ...columns.map(({ name }) => name)].join(", ");
  add(
    `INSERT INTO ${table} (${list}) SELECT i, 'it''s', i${values} FROM generate_series(1, ${plan.rows}) i`,
    plan.identity !== "DEFAULT" && `ALTER TABLE ${table} REPLICA IDENTITY ${plan.identity}`,
  );
  addPartitions(plan, next, call, add);
  if (plan.hasCycle) {
    const other = next();
    add(
      `CREATE TABLE ${other} (id integer PRIMARY KEY REFERENCES ${table}, up integer REFERENCES ${other})`,
      `ALTER TABLE ${table} ADD COLUMN partner integer REFERENCES ${other} DEFERRABLE`,
      `INSERT INTO ${other} SELECT i, i FROM generate_series(1, ${plan.rows}) i`,
      `UPDATE ${table} SET partner = id WHERE id % 2 = 0`,
    );
  }
  if (plan.hasChild) {
    const [parent, child] = [next(), next()];
    add(
      `CREATE TABLE ${parent} (a integer DEFAULT 1, b text, CONSTRAINT low CHECK (${
        call("a")
      } > 0))`,
      `CREATE TABLE ${child} (more text, CONSTRAINT low CHECK (${
        call("a")
      } > 0)) INHERITS (${parent})`,
      `ALTER TABLE ${child} ALTER a SET DEFAULT 2, ALTER b SET NOT NULL`,
      `INSERT INTO ${child} VALUES (1, 'b', 'c')`,
    );
  }
  let above = table;
  for (let level = 0; level < plan.views; level++) {
    const view = next();
    const isLast = level === plan.views - 1;
    const kind = isLast && plan.isMaterialized ? "MATERIALIZED VIEW" : "VIEW";
    add(`CREATE ${kind} ${view} AS SELECT v.id, ${call("v.id")} AS called FROM ${above} v`);
    if (kind === "VIEW") add(`ALTER VIEW ${view} ALTER id SET DEFAULT ${level}`);
    above = view;
  }
  if (plan.security !== "none") {
    add(
      `ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`,
      plan.security === "forced" && `ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`,
      `CREATE POLICY "own rows" ON ${table} FOR UPDATE TO authenticated
        USING (${call("id")} > 1 AND EXISTS (SELECT FROM ${above})) WITH CHECK (true)`,
    );
  }
  if (plan.trigger !== "none") {
    const name = next();
    add(
      `CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$`,
      `CREATE TRIGGER "on change" BEFORE UPDATE ON ${table} FOR EACH ROW WHEN (${
        call("NEW.id")
      } > 0) EXECUTE FUNCTION ${name}()`,
      plan.trigger === "disabled" && `ALTER TABLE ${table} DISABLE TRIGGER "on change"`,
    );
  }
  if (plan.grants === "table") add(`GRANT SELECT, INSERT ON ${table} TO anon`);
  if (plan.grants === "column") {
    add(`GRANT SELECT (id), UPDATE (mood) ON ${table} TO authenticated`);
  }
  return statements.join(";\n") + ";\n";
}

type Call = (argument: string) => string;
type Add = (...statements: readonly (string | false)[]) => void;

/** Makes functions each of which calls the next one. @returns a call of the first */
function functions(plan: SchemaPlan, next: () => string, add: Add): Call {
  if (plan.calls === 0) return (argument) => `abs(${argument})`;
  const names = Array.from({ length: plan.calls }, next);
  for (const [index, name] of names.toReversed().entries()) {
    const inner = index === 0 ? "i" : `${names.at(-index)!}(i)`;
    const body = plan.language === "sql" ? `SELECT ${inner}` : `BEGIN RETURN ${inner}; END`;
    add(
      `CREATE FUNCTION ${name}(i integer) RETURNS integer LANGUAGE ${plan.language} IMMUTABLE AS $$ ${body} $$`,
    );
  }
  if (plan.grants === "function") {
    add(`REVOKE EXECUTE ON FUNCTION ${names[0]}(integer) FROM PUBLIC`);
  }
  return (argument) => `${names[0]}((${argument})::integer)`;
}

function columnSql(
  { name, type, isNotNull, default: value }: ColumnPlan & { readonly name: string },
  call: Call,
): string {
  const constant = VALUES[type].replaceAll(/\bi\b/g, "1");
  const isInteger = type === "integer" || type === "bigint";
  const expression = value === "call" && isInteger ? call("7") : constant;
  return `${name} ${type}${value === "none" ? "" : ` DEFAULT ${expression}`}${
    isNotNull ? " NOT NULL" : ""
  }`;
}

function addOption(
  table: string,
  { name, type, option }: ColumnPlan & { readonly name: string },
  call: Call,
  add: Add,
): void {
  if (option === "storage" && (type === "text" || type === "bytea" || type === "jsonb")) {
    add(`ALTER TABLE ${table} ALTER ${name} SET STORAGE EXTERNAL`);
  }
  if (option === "statistics") add(`ALTER TABLE ${table} ALTER ${name} SET STATISTICS 77`);
  if (option === "comment") add(`COMMENT ON COLUMN ${table}.${name} IS 'it''s a \\ comment'`);
  if (option === "index") add(`CREATE INDEX ON ${table} (${name} DESC NULLS LAST)`);
  if (option === "partial") add(`CREATE INDEX ON ${table} (${name}) WHERE ${call("id")} > 3`);
  if (option === "unique") {
    add(
      `CREATE UNIQUE INDEX ON ${table} (${call("id")}, ${name})`,
      `ALTER TABLE ${table} ADD EXCLUDE USING btree ((${call("id")}) WITH =, ${name} WITH =)`,
    );
  }
}

function addPartitions(plan: SchemaPlan, next: () => string, call: Call, add: Add): void {
  if (plan.partitions === "none") return;
  const [parent, one, two, deep] = [next(), next(), next(), next()];
  const isRange = plan.partitions === "range" || plan.partitions === "nested";
  const by = isRange ? "RANGE" : plan.partitions.toUpperCase();
  const bounds = isRange
    ? ["FROM (MINVALUE) TO (5)", "FROM (5) TO (MAXVALUE)"]
    : by === "LIST"
    ? ["IN (1, 2, 3, 4)", "DEFAULT"]
    : ["WITH (MODULUS 2, REMAINDER 0)", "WITH (MODULUS 2, REMAINDER 1)"];
  const of = (bound: string) => bound === "DEFAULT" ? bound : `FOR VALUES ${bound}`;
  const nested = plan.partitions === "nested" ? " PARTITION BY LIST (id)" : "";
  const id = isRange ? "id integer GENERATED BY DEFAULT AS IDENTITY" : "id integer";
  add(
    `CREATE TABLE ${parent} (${id}, note text, UNIQUE (id)) PARTITION BY ${by} (id)`,
    `CREATE TABLE ${one} PARTITION OF ${parent} ${of(bounds[0]!)}`,
    `CREATE TABLE ${two} PARTITION OF ${parent} ${of(bounds[1]!)}${nested}`,
    nested !== "" && `CREATE TABLE ${deep} PARTITION OF ${two} DEFAULT`,
    `CREATE INDEX ON ${parent} (${call("id")})`,
    `CREATE UNIQUE INDEX ON ${parent} (note, id)`,
    `INSERT INTO ${parent} SELECT i, 'n' FROM generate_series(1, ${plan.rows}) i`,
  );
}
