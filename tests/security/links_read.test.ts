/** A cloned repository whose links lead to the keys of whoever runs a command in it. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { ENV_FILES } from "../../src/files/env_file.ts";
import { type HostileClone, TREASURE, withHostileClone } from "../support/hostile_clone.ts";

const TOKENS = ".insforge/credentials.json";
const KEY = ".ssh/id_rsa";

interface Attack {
  readonly title: string;
  plant(clone: HostileClone): Promise<void>;
  readonly commands: readonly (readonly string[])[];
}

const MIGRATING = [
  ["db", "migrations", "up"],
  ["db", "migrations", "status"],
  ["db", "diff"],
  ["local", "reset", "-y"],
];

const FUNCTION = `import config from "./config.json";
export default () => Response.json(config);`;

const ATTACKS: readonly Attack[] = [
  {
    title: "a JSON file that a function imports",
    async plant({ file, link }) {
      await file("insforge/functions/hello/index.ts", FUNCTION);
      await link("insforge/functions/hello/config.json", TOKENS);
    },
    commands: [
      ["functions", "deploy", "hello", "--no-check"],
      ["functions", "deploy", "--all", "--no-check"],
      ["functions", "deploy", "hello", "--no-check", "--file", "insforge/functions/hello/index.ts"],
    ],
  },
  {
    title: "a folder that a function imports from",
    async plant({ file, link }) {
      const source = FUNCTION.replace("./config.json", "../_shared/credentials.json");
      await file("insforge/functions/hello/index.ts", source);
      await link("insforge/functions/_shared", ".insforge");
    },
    commands: [["functions", "deploy", "hello", "--no-check"]],
  },
  {
    title: "the link of the project itself, imported by a function",
    async plant({ file, root }) {
      const source = FUNCTION.replace("./config.json", "../../../.insforge/own.json");
      await file("insforge/functions/hello/index.ts", source);
      await Deno.writeTextFile(`${root}/.insforge/own.json`, `"${TREASURE}"`);
    },
    commands: [["functions", "deploy", "hello", "--no-check"]],
  },
  {
    title: "what is secret by its name in the project, imported by a function",
    async plant({ file }) {
      await file(".env", `TOKEN=${TREASURE}`);
      await file("key.pem", TREASURE);
      for (const [slug, name] of [["env", ".env"], ["key", "key.pem"]] as const) {
        const source = `import text from "../../../${name}" with { type: "text" };
          export default () => new Response(text);`;
        await file(`insforge/functions/${slug}/index.ts`, source);
      }
    },
    commands: [
      ["functions", "deploy", "env", "--no-check"],
      ["functions", "deploy", "key", "--no-check"],
      ["functions", "deploy", "--all", "--no-check"],
    ],
  },
  {
    title: "the source of a function, and its import map",
    async plant({ file, link }) {
      await link("insforge/functions/key/index.ts", KEY);
      await file("insforge/functions/map/index.ts", `import "x"; export default () => x;`);
      await link("insforge/functions/map/deno.json", TOKENS);
    },
    commands: [
      ["functions", "deploy", "key", "--no-check"],
      ["functions", "deploy", "map", "--no-check"],
      ["functions", "deploy", "k", "--no-check", "--file", "insforge/functions/key/index.ts"],
    ],
  },
  {
    title: "a file that is named",
    plant: ({ link }) => link("seed.sql", KEY),
    commands: [
      ["db", "import", "seed.sql"],
      ["db", "query", "--file", "seed.sql"],
      ["storage", "upload", "seed.sql", "--bucket", "b"],
      ["functions", "invoke", "hello", "--data", "@seed.sql"],
      ["records", "create", "t", "--data", "@seed.sql"],
      ["records", "update", "t", "--filter", "id=eq.1", "--data", "@seed.sql"],
      ["functions", "deploy", "hello", "--file", "seed.sql", "--no-check"],
    ],
  },
  {
    title: "a file of variables",
    async plant({ link, home }) {
      await Deno.writeTextFile(`${home}/.env`, `TOKEN=${TREASURE}`);
      await link(".env", ".env");
    },
    commands: [
      ["secrets", "add", "--env-file", ".env"],
      ["deployments", "env", "set", "--env-file", ".env"],
      ["functions", "serve", "--env-file", ".env"],
      ["functions", "test", "hello", "--env-file", ".env"],
    ],
  },
  {
    title: "a file of settings",
    async plant({ file, link, home }) {
      await Deno.writeTextFile(`${home}/.npmrc`, `registry=https://${TREASURE}.example/`);
      await Deno.writeTextFile(`${home}/map.json`, `{ "imports": { "x": "./${TREASURE}.ts" } }`);
      await link(".npmrc", ".npmrc");
      await link("package.json", TOKENS);
      for (const name of ["deno.json", "import_map.json"]) await link(name, "map.json");
      for (const name of ["vercel.json", "insforge.toml"]) await link(name, TOKENS);
      for (const name of ENV_FILES) await link(name, TOKENS);
      await file("dist/index.html", "<p>Hello");
      await link("dist/vercel.json", TOKENS);
      await file("insforge/functions/hello/index.ts", `import "x"; export default () => x;`);
    },
    commands: [
      ["deployments", "deploy", "dist"],
      ["functions", "deploy", "hello", "--no-check"],
      ["env", "pull"],
      ["env", "pull", "-o", ".env.development"],
      ["config", "plan"],
      ["config", "apply", "-y"],
    ],
  },
  {
    title: "the rows that a database begins with",
    plant: ({ link }) => link("insforge/seed.sql", KEY),
    commands: [["db", "seed"], ["local", "reset", "-y"]],
  },
  {
    title: "a folder on the way to a file",
    plant: ({ link }) => link("data", ".ssh"),
    commands: [
      ["db", "import", "data/id_rsa"],
      ["storage", "upload", "data/id_rsa", "--bucket", "b"],
      ["storage", "upload", "data", "--bucket", "b", "--recursive"],
    ],
  },
  {
    title: "a file in a folder that is uploaded or deployed",
    async plant({ file, link }) {
      await file("site/index.html", "<p>Hello");
      await link("site/logo.png", KEY);
      await link("site/assets", ".ssh");
      await link("site/.insforgeignore", KEY);
    },
    commands: [
      ["storage", "upload", "site", "--bucket", "b", "--recursive"],
      ["deployments", "deploy", "site"],
    ],
  },
  {
    title: "the folder that is deployed",
    plant: ({ link }) => link("dist", ".ssh"),
    commands: [["deployments", "deploy", "dist"], ["deployments", "deploy", "./dist/"]],
  },
  {
    title: "the folder of the migrations",
    async plant({ link, home }) {
      await Deno.mkdir(`${home}/sql`);
      await Deno.writeTextFile(`${home}/sql/1_a.sql`, `SELECT '${TREASURE}'`);
      await link("migrations", "sql");
    },
    commands: MIGRATING,
  },
  {
    title: "a migration",
    plant: ({ link }) => link("migrations/1_a.sql", KEY),
    commands: MIGRATING,
  },
];

describe("a link of a cloned repository that is read", () => {
  for (const { title, plant, commands } of ATTACKS) {
    it(`${title} gives nothing away`, async () => {
      await withHostileClone(async (clone) => {
        await plant(clone);
        for (const args of commands) {
          const { stdout, stderr } = await clone.run(args);
          assert(!clone.sent().includes(TREASURE), `${args.join(" ")} sent it\n${stderr}`);
          assert(!(stdout + stderr).includes(TREASURE), args.join(" "));
        }
      });
    });
  }

  it("is named, with where it leads", async () => {
    await withHostileClone(async ({ link, run, home, host }) => {
      await link("seed.sql", KEY);
      const { code, stderr } = await run(["db", "import", "seed.sql"]);
      assertEquals([code, host.requests.length], [1, 0]);
      assertStringIncludes(stderr, "seed.sql is a link");
      assertStringIncludes(stderr, `${home}/.ssh/id_rsa`);
    });
  });

  it("is followed inside the project", async () => {
    await withHostileClone(async ({ file, link, root, run, sent }) => {
      await file("sql/real.sql", "SELECT 'followed'");
      await link("seed.sql", `${root}/sql/real.sql`);
      await run(["db", "query", "--file", "seed.sql"]);
      assertStringIncludes(sent(), "followed");
    });
  });
});
