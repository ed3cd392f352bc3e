import { migrations } from "./migrations/mod.ts";
import type { Group } from "../../cli/command.ts";
import { BACKEND, BRIEF } from "../../invocation/grants/reach.ts";

/** `insforge db`. */
export const db: Group = {
  description: "Query and manage the database.",
  example: ["Ask the database", 'insforge db query "SELECT now()"'],
  commands: {
    query: {
      description: "Run SQL.",
      effect: "destroys",
      reach: { ...BRIEF, read: ["--file", "program"] },
      load: async () => (await import("./query.ts")).query,
    },
    migrations,
    shell: {
      description: "Type SQL, or run a script from a pipe.",
      isForPeople: true,
      effect: "destroys",
      reach: { ...BACKEND, read: ["global files"], write: ["global files"] },
      load: async () => (await import("./shell.ts")).shell,
    },
    types: {
      description: "Write TypeScript types of the tables and functions.",
      effect: "changes",
      reach: { ...BACKEND, write: ["-o", "--output"] },
      load: async () => (await import("./types.ts")).types,
    },
    rpc: {
      description: "Call a database function.",
      effect: "changes",
      reach: BRIEF,
      load: async () => (await import("./rpc.ts")).rpc,
    },
    export: {
      description: "Back up the database: schema and rows as SQL or JSON.",
      effect: "changes",
      reach: { ...BACKEND, write: ["-o", "--output"] },
      load: async () => (await import("./export.ts")).exportDatabase,
    },
    import: {
      description: "Run an SQL file, all of it or nothing.",
      effect: "destroys",
      reach: {
        ...BACKEND,
        read: ["operands", "kept input", "program"],
        write: ["kept input"],
      },
      load: async () => (await import("./import.ts")).importDatabase,
    },
    seed: {
      description: "Fill the database from insforge/seed.sql.",
      effect: "changes",
      reach: {
        ...BACKEND,
        read: ["./insforge/seed.sql", "--file", "kept input", "program"],
        write: ["kept input"],
      },
      load: async () => (await import("./seed.ts")).seed,
    },
    diff: {
      description: "Compare the database with the migrations, and write what they lack.",
      effect: "changes",
      reach: {
        ...BACKEND,
        hosts: ["project", "loopback"],
        read: ["./migrations", "scratch folder"],
        write: ["./migrations", "-o", "--output", "scratch folder"],
        run: ["this program"],
      },
      load: async () => (await import("./diff.ts")).diff,
    },
    lint: {
      description: "Find what is unsafe, slow or bound to fail in the schema.",
      reach: BRIEF,
      load: async () => (await import("./lint.ts")).lint,
    },
    tables: {
      description: "List the tables.",
      reach: BRIEF,
      load: async () => (await import("./tables.ts")).tables,
    },
    indexes: {
      description: "List the indexes.",
      reach: BRIEF,
      load: async () => (await import("./indexes.ts")).indexes,
    },
    policies: {
      description: "List the row-level security policies.",
      reach: BRIEF,
      load: async () => (await import("./policies.ts")).policies,
    },
    triggers: {
      description: "List the triggers.",
      reach: BRIEF,
      load: async () => (await import("./triggers.ts")).triggers,
    },
    functions: {
      description: "List the functions.",
      reach: BRIEF,
      load: async () => (await import("./functions.ts")).functions,
    },
    "connection-string": {
      description: "Print the address of a hosted database, with its password.",
      reach: BACKEND,
      load: async () => (await import("./connection_string.ts")).connectionString,
    },
  },
};
