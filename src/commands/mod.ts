/** Every command of the program. A file is loaded when its command is invoked. */
import type { Commands } from "../cli/command_tree.ts";

export const commands: Commands = {
  login: {
    description: "Log in to the InsForge platform.",
    load: async () => (await import("./account/login.ts")).login,
  },
  logout: {
    description: "Forget the login.",
    load: async () => (await import("./account/logout.ts")).logout,
  },
  whoami: {
    description: "Show the account that is logged in.",
    load: async () => (await import("./account/whoami.ts")).whoami,
  },
  list: {
    description: "List your organizations and their projects.",
    load: async () => (await import("./projects/list.ts")).list,
  },
  create: {
    description: "Create a project and link this directory to it.",
    load: async () => (await import("./projects/create.ts")).create,
  },
  link: {
    description: "Link this directory to a project.",
    load: async () => (await import("./projects/link.ts")).link,
  },
  current: {
    description: "Show the account and the project that commands act on.",
    load: async () => (await import("./projects/current.ts")).current,
  },
  metadata: {
    description: "Show what the backend holds: tables, buckets, functions.",
    load: async () => (await import("./metadata/metadata.ts")).metadata,
  },
  db: {
    description: "Query and manage the database.",
    example: ["Ask the database", 'insforge db query "SELECT now()"'],
    commands: {
      query: {
        description: "Run SQL.",
        load: async () => (await import("./db/query.ts")).query,
      },
      migrations: {
        description: "Change the schema step by step, from files.",
        example: ["Apply what is new", "insforge db migrations up"],
        commands: {
          list: {
            description: "List the migrations that were applied.",
            load: async () => (await import("./db/migrations/list.ts")).list,
          },
          new: {
            description: "Begin a migration: a file in migrations/.",
            load: async () => (await import("./db/migrations/new.ts")).newMigration,
          },
          up: {
            description: "Apply the files that are new, in order.",
            load: async () => (await import("./db/migrations/up.ts")).up,
          },
          status: {
            description: "Compare the files with the database.",
            load: async () => (await import("./db/migrations/status.ts")).status,
          },
        },
      },
      shell: {
        description: "Type SQL, or run a script from a pipe.",
        load: async () => (await import("./db/shell.ts")).shell,
      },
      types: {
        description: "Write TypeScript types of the tables and functions.",
        load: async () => (await import("./db/types.ts")).types,
      },
      rpc: {
        description: "Call a database function.",
        load: async () => (await import("./db/rpc.ts")).rpc,
      },
      export: {
        description: "Back up the database: schema and rows as SQL or JSON.",
        load: async () => (await import("./db/export.ts")).exportDatabase,
      },
      import: {
        description: "Run an SQL file, all of it or nothing.",
        load: async () => (await import("./db/import.ts")).importDatabase,
      },
      tables: {
        description: "List the tables.",
        load: async () => (await import("./db/tables.ts")).tables,
      },
      indexes: {
        description: "List the indexes.",
        load: async () => (await import("./db/indexes.ts")).indexes,
      },
      policies: {
        description: "List the row-level security policies.",
        load: async () => (await import("./db/policies.ts")).policies,
      },
      triggers: {
        description: "List the triggers.",
        load: async () => (await import("./db/triggers.ts")).triggers,
      },
      functions: {
        description: "List the functions.",
        load: async () => (await import("./db/functions.ts")).functions,
      },
      "connection-string": {
        description: "Print the address of a hosted database, with its password.",
        load: async () => (await import("./db/connection_string.ts")).connectionString,
      },
    },
  },
  functions: {
    description: "Write, deploy and call edge functions.",
    example: ["Deploy insforge/functions/hello/index.ts", "insforge functions deploy hello"],
    commands: {
      list: {
        description: "List the functions.",
        load: async () => (await import("./functions/list.ts")).list,
      },
      code: {
        description: "Print a function's source code.",
        load: async () => (await import("./functions/code.ts")).code,
      },
      deploy: {
        description: "Upload a function, or all of this directory.",
        load: async () => (await import("./functions/deploy.ts")).deploy,
      },
      new: {
        description: "Write a small function to begin with.",
        load: async () => (await import("./functions/new.ts")).create,
      },
      serve: {
        description: "Run the functions of this directory, and again at every change.",
        load: async () => (await import("./functions/serve.ts")).serve,
      },
      invoke: {
        description: "Call a function.",
        load: async () => (await import("./functions/invoke.ts")).invoke,
      },
      delete: {
        description: "Delete a function.",
        load: async () => (await import("./functions/delete.ts")).remove,
      },
    },
  },
  secrets: {
    description: "Keep the secrets of functions and schedules.",
    example: ["Add one, and be asked for its value", "insforge secrets add API_TOKEN"],
    commands: {
      list: {
        description: "List the secrets, without their values.",
        load: async () => (await import("./secrets/list.ts")).list,
      },
      get: {
        description: "Print a secret's value.",
        load: async () => (await import("./secrets/get.ts")).get,
      },
      add: {
        description: "Add a secret, or those of a file.",
        load: async () => (await import("./secrets/add.ts")).add,
      },
      update: {
        description: "Change a secret, or bring a deleted one back.",
        load: async () => (await import("./secrets/update.ts")).update,
      },
      delete: {
        description: "Delete a secret; it can be brought back.",
        load: async () => (await import("./secrets/delete.ts")).remove,
      },
      rotate: {
        description: "Replace the API key or the anon key.",
        load: async () => (await import("./secrets/rotate.ts")).rotate,
      },
    },
  },
  logs: {
    description: "Show what the backend, its database and its functions wrote.",
    load: async () => (await import("./logs/logs.ts")).logs,
  },
  storage: {
    description: "Store and fetch files: buckets and their objects.",
    example: ["Upload a file", "insforge storage upload photo.jpg --bucket photos"],
    commands: {
      buckets: {
        description: "List the buckets.",
        load: async () => (await import("./storage/buckets.ts")).buckets,
      },
      "create-bucket": {
        description: "Create a bucket.",
        load: async () => (await import("./storage/create_bucket.ts")).createBucket,
      },
      "delete-bucket": {
        description: "Delete a bucket with its objects.",
        load: async () => (await import("./storage/delete_bucket.ts")).deleteBucket,
      },
      "list-objects": {
        description: "List the objects of a bucket.",
        load: async () => (await import("./storage/list_objects.ts")).listObjects,
      },
      upload: {
        description: "Upload files and folders.",
        load: async () => (await import("./storage/upload.ts")).upload,
      },
      download: {
        description: "Download objects.",
        load: async () => (await import("./storage/download.ts")).download,
      },
      "delete-object": {
        description: "Delete objects.",
        load: async () => (await import("./storage/delete_object.ts")).deleteObject,
      },
    },
  },
  schedules: {
    description: "Call addresses at set times.",
    example: ["List the schedules", "insforge schedules list"],
    commands: {
      list: {
        description: "List the schedules.",
        load: async () => (await import("./schedules/list.ts")).list,
      },
      get: {
        description: "Show one schedule.",
        load: async () => (await import("./schedules/get.ts")).get,
      },
      create: {
        description: "Call an address at set times.",
        load: async () => (await import("./schedules/create.ts")).create,
      },
      update: {
        description: "Change, pause or resume a schedule.",
        load: async () => (await import("./schedules/update.ts")).update,
      },
      delete: {
        description: "Delete a schedule.",
        load: async () => (await import("./schedules/delete.ts")).remove,
      },
      logs: {
        description: "Show what became of a schedule's runs.",
        load: async () => (await import("./schedules/logs.ts")).logs,
      },
    },
  },
  deployments: {
    description: "Publish a site, and follow its deployments.",
    example: ["Publish a build", "insforge deployments deploy ./dist"],
    commands: {
      deploy: {
        description: "Publish the files of a folder, or of this one.",
        load: async () => (await import("./deployments/deploy.ts")).deploy,
      },
      list: {
        description: "List the deployments.",
        load: async () => (await import("./deployments/list.ts")).list,
      },
      status: {
        description: "Show how a deployment stands.",
        load: async () => (await import("./deployments/status.ts")).status,
      },
      cancel: {
        description: "Cancel a deployment.",
        load: async () => (await import("./deployments/cancel.ts")).cancel,
      },
      open: {
        description: "Show a deployment in the browser.",
        load: async () => (await import("./deployments/open.ts")).open,
      },
      env: {
        description: "Manage the variables of builds.",
        example: ["Set one", "insforge deployments env set VITE_API_URL https://api.example.com"],
        commands: {
          list: {
            description: "List the variables, without their values.",
            load: async () => (await import("./deployments/env/list.ts")).list,
          },
          set: {
            description: "Set a variable, or those of a file.",
            load: async () => (await import("./deployments/env/set.ts")).set,
          },
          unset: {
            description: "Remove a variable.",
            load: async () => (await import("./deployments/env/unset.ts")).unset,
          },
        },
      },
    },
  },
  local: {
    description: "Run an InsForge backend on this machine.",
    example: ["Start it and link this directory", "insforge local start"],
    commands: {
      start: {
        description: "Start the local backend and link this directory to it.",
        load: async () => (await import("./local/start.ts")).start,
      },
      serve: {
        description: "Run the local backend in the foreground.",
        load: async () => (await import("./local/serve.ts")).serve,
      },
      status: {
        description: "Show whether the local backend runs, and where.",
        load: async () => (await import("./local/status.ts")).status,
      },
      stop: {
        description: "Stop the local backend.",
        load: async () => (await import("./local/stop.ts")).stop,
      },
      reset: {
        description: "Delete all data of the local backend.",
        load: async () => (await import("./local/reset.ts")).reset,
      },
    },
  },
  docs: {
    description: `Read the documentation of the linked backend.

Topics are instructions, and db, storage, functions, auth, ai or realtime with a language: \
typescript, swift, kotlin or rest-api.`,
    load: async () => (await import("./docs/docs.ts")).docs,
  },
  open: {
    description: `Open the project in the browser.

Places are dashboard, which is what opens when none is named, api and docs.`,
    load: async () => (await import("./projects/open.ts")).open,
  },
  upgrade: {
    description: "Replace this program by its latest release.",
    load: async () => (await import("./program/upgrade.ts")).upgrade,
  },
  completions: {
    description: "Print the completion script of a shell.",
    load: async () => (await import("./program/completions.ts")).completions,
  },
  grants: {
    description: "Show what the sandbox of a command holds.",
    hidden: true,
    load: async () => (await import("./program/grants.ts")).grants,
  },
};
