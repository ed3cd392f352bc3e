/** Answers of the commands about the database. */
import {
  anything,
  either,
  flag,
  type JsonSchema,
  list,
  maybe,
  number,
  object,
  record,
  text,
  time,
  whole,
} from "./json_schema.ts";

const row = record(anything);

const result = object({ rows: list(row) }, {
  rowCount: maybe(whole),
  fields: list(object({ name: text }, { dataTypeID: whole })),
});

const exported = object({ format: text, truncatedTables: list(anything) }, {
  success: flag,
  path: text,
  data: anything,
  bytes: whole,
  tables: list(text),
  rows: whole,
  timestamp: time,
});

const imported = object({ success: flag }, {
  message: text,
  filename: text,
  tables: list(text),
  rowsImported: whole,
  fileSize: whole,
});

const migration = object({ version: text, name: text, state: text }, { appliedAt: maybe(time) });

const suppression = object({ id: text, ruleId: text, scope: text, reason: text }, {
  affectedObject: maybe(text),
  note: maybe(text),
  createdAt: time,
});

export const database: Readonly<Record<string, JsonSchema>> = {
  "db query": object({ rows: list(row) }, {
    rowCount: maybe(whole),
    fields: list(object({ name: text }, { dataTypeID: whole })),
    results: list(result),
  }),
  "db shell": list(object({ line: whole }, {
    rows: list(row),
    rowCount: maybe(whole),
    command: text,
    table: anything,
    error: text,
    code: text,
  })),
  "db types": object({ success: flag, path: text, bytes: whole, language: text }, {
    tables: whole,
    views: whole,
    enums: whole,
    functions: whole,
  }),
  "db rpc": { ...anything, description: "What the function answers." },
  "db export": exported,
  "db import": imported,
  "db seed": imported,
  "db lint": object({
    findings: list(
      object({ rule: text, severity: text, title: text, object: text }, {
        category: text,
        detail: text,
        fix: maybe(text),
      }),
    ),
    counts: object({ critical: whole, warning: whole, info: whole }),
  }),
  "db tables": list(text),
  "db indexes": object({
    indexes: list(
      object({ tableName: text, indexName: text, indexDef: text, isUnique: maybe(flag) }, {
        isPrimary: maybe(flag),
      }),
    ),
  }),
  "db policies": object({
    policies: list(
      object({ tableName: text, policyName: text, cmd: text }, {
        roles: either(text, list(text)),
        qual: maybe(text),
        withCheck: maybe(text),
      }),
    ),
  }),
  "db triggers": object({
    triggers: list(
      object({ tableName: text, triggerName: text, actionTiming: text, eventManipulation: text }, {
        actionOrientation: text,
        actionCondition: maybe(text),
        actionStatement: text,
      }),
    ),
  }),
  "db functions": object({
    functions: list(object({ functionName: text, functionDef: text }, { kind: text })),
  }),
  "db connection-string": object({ connectionURL: text }),
  "db diff": object({ different: flag, sql: text, destructive: list(text) }, {
    unbridged: list(object({ object: text, why: text })),
    path: text,
    version: text,
    name: text,
  }),
  "db migrations new": object({ path: text, version: text, name: text }),
  "db migrations list": object({ migrations: list(object({ version: text, name: text })) }),
  "db migrations fetch": object({ created: list(text), skipped: whole }),
  "db migrations up": object({ applied: list(anything) }),
  "db migrations status": object({ migrations: list(migration), pending: whole, behind: whole }),
  "records list": list(row),
  "records create": list(row),
  "records update": list(row),
  "records delete": list(row),
  "advisor scan": object({ scanId: text }),
  "advisor suppressions": list(suppression),
  "advisor suppress": suppression,
  "advisor unsuppress": object({ deleted: flag, suppression_id: text }),
  "diagnose": object({}, {
    uptimeSeconds: number,
    cpuSeconds: number,
    memoryBytes: number,
    db: record(list(row)),
    logs: object({
      sources: list(object({ source: text, total: number, errors: list(anything) })),
    }),
    advisor: object({
      issues: list(
        object({ ruleId: text, severity: text, title: text }, {
          id: text,
          category: text,
          description: text,
          affectedObject: maybe(text),
          recommendation: maybe(text),
        }),
      ),
    }),
  }),
};
