import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { startBackend, type TestBackend } from "../support/backend.ts";
import { insforge, outputOf, spawnInsforge } from "../support/executable.ts";
import { postgresAt, startPostgres } from "../support/postgres.ts";
import { openPty } from "../support/pty.ts";
import { richSchema } from "../support/rich_schema.ts";

let source: TestBackend;
let target: TestBackend;
let folder: string;

const environment = ({ url, apiKey }: TestBackend) => ({
  INSFORGE_BASE_URL: url,
  INSFORGE_API_KEY: apiKey,
});
const run = (backend: TestBackend, args: string[], stdin?: string) =>
  insforge(["db", ...args], { cwd: folder, env: environment(backend), stdin });

describe("db export and db import", () => {
  beforeAll(async () => {
    folder = await Deno.makeTempDir();
    [source, target] = await Promise.all([startBackend(), startBackend()]);
    await source.sql(richSchema(3_000));
  });
  afterAll(async () => {
    await Promise.all([source.close(), target.close()]);
    await Deno.remove(folder, { recursive: true });
  });

  it("R50: a backup goes from one backend into another through the executable", async () => {
    const written = await run(source, ["export", "-o", "backup.sql"]);
    assertEquals(written.code, 0, written.stderr);
    const piped = await run(source, ["export", "-o", "-"]);
    assertEquals(piped.stdout, await Deno.readTextFile(`${folder}/backup.sql`));
    const restored = await run(target, ["import", "backup.sql"]);
    assertEquals(restored.code, 0, restored.stderr);
    assertEquals((await run(target, ["export"])).stdout, piped.stdout);
  });

  it({
    name: "an import offers its ways on whole lines",
    ignore: Deno.build.os === "windows",
    fn: async () => {
      await source.sql("CREATE TABLE a_table_whose_name_is_not_short (id int)");
      await run(source, ["export", "--tables", "a_table_whose_name_is_not_short", "-o", "a.sql"]);
      const env = environment(source);
      const pty = openPty(["db", "import", "a.sql"], { cwd: folder, env, columns: 80 });
      await pty.expect("What shall become of it?");
      await pty.expect("Empty all tables, and take the file's rows alone (--truncate)");
      await pty.type("\r");
      assertEquals(await pty.end(), 1);
      await source.sql("DROP TABLE a_table_whose_name_is_not_short");
    },
  });

  it("an import reads standard input and leaves nothing of it behind", async () => {
    const kept = `${folder}/temporary`;
    await Deno.mkdir(kept);
    const { code, stdout, stderr } = await insforge(["db", "import", "-", "--json"], {
      cwd: folder,
      env: { ...environment(target), TMPDIR: kept, TEMP: kept },
      stdin: "CREATE TABLE piped (a int); INSERT INTO piped VALUES (1), (2)",
    });
    assertEquals(code, 0, stderr);
    assertEquals(JSON.parse(stdout).rowsImported, 2);
    assertEquals([...Deno.readDirSync(kept)], []);
  });

  it("R51: --json writes the file all the same, and reports on stdout", async () => {
    const { stdout } = await run(source, [
      "export",
      "--json",
      "--tables",
      "users",
      "-o",
      "users.sql",
    ]);
    const { bytes, ...report } = JSON.parse(stdout);
    assertEquals(bytes, (await Deno.stat(`${folder}/users.sql`)).size);
    assertEquals(
      [report.success, report.path, report.tables, report.rows, report.truncatedTables],
      [
        true,
        "users.sql",
        ["users"],
        3,
        [],
      ],
    );
    const document = await run(source, ["export", "--json", "--tables", "users"]);
    assertEquals(JSON.parse(document.stdout).data, await Deno.readTextFile(`${folder}/users.sql`));
  });

  it("an export that is interrupted leaves no file", async () => {
    const child = spawnInsforge(["db", "export", "-o", "gone.sql"], {
      cwd: folder,
      env: environment(source),
    });
    await child.stdin.close();
    for await (const { paths } of Deno.watchFs(folder)) {
      if (paths.some((path) => path.includes("gone.sql"))) break;
    }
    child.kill("SIGINT");
    const { code } = await outputOf(child);
    const names = [...Deno.readDirSync(folder)].map(({ name }) => name);
    assert(code === 130 || code === 0 && names.includes("gone.sql"), `${code} ${names}`);
    if (code === 130) assertEquals(names.filter((name) => name.includes("gone")), []);
  });

  it({
    name: "a file of the system is refused, and standard output named",
    ignore: Deno.build.os === "windows",
    fn: async () => {
      for (const args of [["db", "export"], ["db", "types"]]) {
        const { code, stderr } = await insforge([...args, "-o", "/dev/stdout"], {
          cwd: folder,
          env: environment(source),
        });
        assertEquals(code, 1);
        assertStringIncludes(stderr, "Cannot write /dev/stdout");
        assertStringIncludes(stderr, "- for standard output");
      }
    },
  });

  it("wrong options end with 1 before any request", async () => {
    for (
      const args of [["--format", "xml"], ["--row-limit", "0"], ["--row-limit", "x"], [
        "--tables",
        ",",
      ]]
    ) {
      const { code, stdout } = await run(source, ["export", ...args]);
      assertEquals([code, stdout], [1, ""], args.join(" "));
    }
  });

  it({
    name: "PostgreSQL's own psql accepts a dump",
    ignore: !postgresAt(),
    async fn() {
      await using server = await startPostgres();
      const roles = "CREATE ROLE anon; CREATE ROLE authenticated; CREATE ROLE project_admin; " +
        "CREATE SCHEMA auth; CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql AS 'SELECT NULL::uuid'";
      await server.psql(["-c", roles]);
      await run(source, ["export", "-o", "psql.sql"]);
      await server.psql(["-f", `${folder}/psql.sql`]);
      const counts = await server.psql(["-tA", "-c", "SELECT count(*), sum(id) FROM posts"]);
      assertEquals(counts, "1200|720600\n");
      assertStringIncludes(
        await server.psql(["-tA", "-c", "SELECT title FROM posts LIMIT 1"]),
        "config",
      );
    },
  });
});
