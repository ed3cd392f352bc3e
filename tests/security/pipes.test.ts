/** An archive puts pipes, which nobody ever writes to, where commands look for files by themselves. */
import { assert, assertEquals } from "@std/assert";
import { it } from "@std/testing/bdd";
import { dirname } from "@std/path";
import { withHostileClone } from "../support/hostile_clone.ts";
import { run } from "../support/program.ts";

const SOURCE = "insforge/functions/hello/index.ts";
const DEPLOY = ["functions", "deploy", "hello", "--dry-run"];

const PIPES: readonly (readonly [string, readonly string[]])[] = [
  [SOURCE, DEPLOY],
  ["deno.json", DEPLOY],
  ["package.json", DEPLOY],
  ["tsconfig.json", DEPLOY],
  [".npmrc", DEPLOY],
  ["insforge/functions/deno.lock", DEPLOY],
  ["site/.vercelignore", ["deployments", "deploy", "site", "--dry-run"]],
  ["site/.gitignore", ["deployments", "deploy", "site", "--dry-run"]],
  ["site/vercel.json", ["deployments", "deploy", "site", "--dry-run"]],
  [".env.local", ["env", "pull"]],
  ["insforge.toml", ["config", "plan"]],
  ["insforge/seed.sql", ["db", "seed"]],
  ["migrations/1_first.sql", ["db", "migrations", "up"]],
  ["drizzle/1_first.sql", ["db", "import", "drizzle"]],
  ["site/.env", ["deployments", "deploy", "site", "--dry-run"]],
  [".git", ["metadata"]],
  [".git/index", ["metadata"]],
];

for (const [path, args] of PIPES) {
  it(`a pipe in the place of ${path} holds nobody up`, async () => {
    if (Deno.build.os === "windows") return;
    await withHostileClone(async (clone) => {
      await clone.file(SOURCE, "export default () => new Response();");
      await clone.file("site/index.html", "hello");
      await Deno.mkdir(dirname(`${clone.root}/${path}`), { recursive: true });
      await Deno.remove(`${clone.root}/${path}`).catch(() => {});
      await run("mkfifo", [`${clone.root}/${path}`]);
      const { code, stderr } = await clone.run(args);
      assert(code === 0 || code === 1, `${code} ${stderr}`);
      assertEquals(stderr.includes("in insforge itself"), false, stderr);
    });
  });
}
