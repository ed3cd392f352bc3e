import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { runExport } from "../../src/commands/db/export.ts";
import { runImport } from "../../src/commands/db/import.ts";
import { OperationError } from "../../src/core/errors.ts";
import { startBackend, type TestBackend } from "../support/backend.ts";
import { testContext } from "../support/context.ts";
import { CARRIED, REFUSED } from "../support/kinds_of_dumps.ts";
import { ONE_OF_EACH } from "../support/one_of_each.ts";
import { postgresAt, type PostgresServer, startPostgres } from "../support/postgres.ts";
import {
  type PostgresBackend,
  REAL_BACKEND,
  servePostgres,
  WITH_CRON,
} from "../support/postgres_backend.ts";
import { richSchema } from "../support/rich_schema.ts";

let server: PostgresServer;
/** Another one, without objects of a project. */
let empty: PostgresServer;
let source: PostgresBackend;
let target: TestBackend;
let folder: string;

/** What uses extensions: a type of one, and an operator class of another. */
const ON_EXTENSIONS = `
CREATE TABLE public.people (name citext PRIMARY KEY, notes text);
CREATE INDEX people_notes ON public.people USING gin (notes gin_trgm_ops);
CREATE INDEX people_lower ON public.people (lower(notes));
ALTER INDEX public.people_lower DEPENDS ON EXTENSION citext;
INSERT INTO public.people VALUES ('Ada', 'x');
`;

const contextOf = ({ url, apiKey }: { url: string; apiKey: string }) =>
  testContext({ cwd: folder, env: { INSFORGE_BASE_URL: url, INSFORGE_API_KEY: apiKey } });

const complete = { data: true, format: "sql" };

async function exported(
  backend: { url: string; apiKey: string },
  options = {},
): Promise<string> {
  const { context, show } = contextOf(backend);
  return await show(await runExport(context, { ...complete, ...options }));
}

/**
 * A server of its own that stands for a real backend, with an extension `http` beside those of the
 * system.
 */
describe({
  name: "a dump of a real backend's PostgreSQL",
  ignore: !postgresAt(),
  fn() {
    beforeAll(async () => {
      folder = await Deno.makeTempDir();
      [server, empty, target] = await Promise.all([
        startPostgres(WITH_CRON),
        startPostgres(WITH_CRON),
        startBackend(),
      ]);
      await empty.psql(["-c", REAL_BACKEND]);
      source = await servePostgres(server.host);
      await source.sql(REAL_BACKEND);
      await source.sql(richSchema(300));
      await source.sql(ONE_OF_EACH);
      await source.sql(ON_EXTENSIONS);
    });
    afterAll(async () => {
      await source?.[Symbol.asyncDispose]();
      await Promise.all([
        server?.[Symbol.asyncDispose](),
        empty?.[Symbol.asyncDispose](),
        target?.close(),
      ]);
      await Deno.remove(folder, { recursive: true });
    });

    it("has nothing of an extension, and asks for those that are used", async () => {
      const text = await exported(source);
      assertEquals(text.match(/CREATE EXTENSION.*/g), [
        "CREATE EXTENSION IF NOT EXISTS citext;",
        "CREATE EXTENSION IF NOT EXISTS pg_trgm;",
      ]);
      assertEquals(/tablefunc|crosstab|http|cron/.test(text), false);
      assertStringIncludes(text, "DEPENDS ON EXTENSION citext");
    });

    it("restores with psql, and exports to the same bytes again", async () => {
      const { context } = contextOf(source);
      await runExport(context, { ...complete, output: "real.sql" });
      await empty.psql(["-c", "SET ROLE project_admin", "-f", `${folder}/real.sql`]);
      await using restored = await servePostgres(empty.host);
      const one = await Deno.readTextFile(`${folder}/real.sql`);
      assert(one === await exported(restored), "the second export differs from the first one");
    });

    it("--clean restores over what is there, and --data-only over rows that were removed", async () => {
      const { context } = contextOf(source);
      await runExport(context, { ...complete, output: "rows.sql.gz", dataOnly: true });
      await runExport(context, { ...complete, output: "clean.sql", clean: true });
      await empty.psql(["-c", "SET ROLE project_admin", "-f", `${folder}/clean.sql`]);
      const tables = await empty.psql(["-tA", "-c", LEAF_TABLES]);
      await empty.psql(["-c", `TRUNCATE ${tables.trim().split("\n").join(", ")}`]);
      await Deno.writeTextFile(`${folder}/rows.sql`, await unzipped(`${folder}/rows.sql.gz`));
      await empty.psql(["-c", "SET ROLE project_admin", "-f", `${folder}/rows.sql`]);
      await using restored = await servePostgres(empty.host);
      const [one, two] = [await exported(source), await exported(restored)];
      assert(one === two, "the export differs after the rows came back");
    });

    it("restores in the embedded backend", async () => {
      const options = { ...complete, excludeTable: ["people"], output: "plain.sql" };
      const { context, err } = contextOf(source);
      await runExport(context, options);
      assertEquals(err(), "");
      await runImport(contextOf(target).context, {}, "plain.sql");
      const one = await Deno.readTextFile(`${folder}/plain.sql`);
      const two = await exported(target);
      // The first line tells the first export, which leaves a table out, from a whole one. Where a
      // view has one table, PostgreSQL 18 names columns without it.
      const unqualified = (text: string) =>
        text.slice(text.indexOf("\n")).replace(/\b(posts|kept|z_base)\.(?=\w)/g, "");
      assert(unqualified(one) === unqualified(two), "the second export differs from the first one");
      const zeros = await target.sql("SELECT zero::text, zeros::text FROM app.kept ORDER BY id");
      assertEquals(zeros, [{ zero: "-0", zeros: "-0" }, { zero: "0", zeros: "0" }]);
      const again = "INSERT INTO app.times VALUES ('2021-01-01', 'b', 3)";
      await assertRejects(() => target.sql(again), Error, "duplicate key");
    });

    it("carries and refuses what docs/backups.md says, line by line", async () => {
      const text = await exported(source);
      for (const [kind, patterns] of Object.entries(CARRIED)) {
        for (const pattern of patterns) assertMatch(text, pattern, kind);
      }
      const page = await Deno.readTextFile(new URL("../../docs/backups.md", import.meta.url));
      const rows = [...page.matchAll(/^\| (.+?) +\| (.+?) +\|$/gm)]
        .map(([, kind, fate]) => [kind!, fate!] as const);
      const kindsOf = (pattern: RegExp) =>
        rows.filter(([, fate]) => pattern.test(fate)).map(([kind]) => kind).sort();
      assertEquals(kindsOf(/^(?:carried|asked)/), Object.keys(CARRIED).sort());
      assertEquals(kindsOf(/^refused/), [...new Set(REFUSED.map(([kind]) => kind))].sort());
    });

    it("refuses by name what it could not bring back, unless it is not asked for", async () => {
      for (const [, name, make, drop] of REFUSED) {
        await source.sql(make);
        const error = await assertRejects(() => exported(source), OperationError, name, name);
        assertEquals(error.code, "EXPORT_UNSUPPORTED");
        if (name.startsWith("publication")) await exported(source, { tables: "base" });
        await source.sql(drop);
      }
    });
  },
});

/** What holds rows, of the schemas of the project. */
const LEAF_TABLES = `SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
  WHERE schemaname IN ('app', 'public')`;

async function unzipped(path: string): Promise<string> {
  using file = await Deno.open(path);
  return await new Response(file.readable.pipeThrough(new DecompressionStream("gzip"))).text();
}
