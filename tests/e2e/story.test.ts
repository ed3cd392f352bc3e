import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { startBackend, type TestBackend } from "../support/backend.ts";
import { eventually } from "../support/eventually.ts";
import { insforge } from "../support/executable.ts";

/** Reads a secret and the database, as the project's owner. */
const FUNCTION = `
export default async function (request: Request): Promise<Response> {
  const greeting = Deno.env.get("GREETING");
  if (!greeting) throw new Error("GREETING is gone");
  const answer = await fetch(Deno.env.get("INSFORGE_BASE_URL") + "/api/database/rpc/visit", {
    method: "POST",
    headers: { authorization: "Bearer " + Deno.env.get("API_KEY"), "content-type": "application/json" },
    body: JSON.stringify({ by: (await request.json()).by }),
  });
  const count: number = await answer.json();
  console.log(greeting + ", visit number " + count);
  return Response.json({ greeting, count });
}
`;

let backend: TestBackend;
let folder: string;
let now = new Date("2026-03-01T10:00:10.000Z");

const run = async (...args: string[]) => {
  const result = await insforge(args, {
    cwd: folder,
    env: { INSFORGE_BASE_URL: backend.url, INSFORGE_API_KEY: backend.apiKey },
  });
  assertEquals(result.code, 0, `${args.join(" ")}: ${result.stderr}`);
  return result.stdout;
};

describe("the whole loop on one machine", () => {
  beforeAll(async () => {
    folder = await Deno.makeTempDir();
    backend = await startBackend({ clock: () => now });
  });
  afterAll(async () => {
    await backend.close();
    await Deno.remove(folder, { recursive: true });
  });

  it("a schedule calls a function that uses a secret and the database, and the logs tell it", async () => {
    await run("secrets", "add", "GREETING", "Hello");
    await run(
      ...["db", "query"],
      "CREATE TABLE visits (n serial, by text); CREATE FUNCTION visit(by text) RETURNS bigint LANGUAGE sql " +
        "AS 'INSERT INTO visits (by) VALUES (by); SELECT count(*) FROM visits'",
    );
    await Deno.mkdir(`${folder}/insforge/functions/greet`, { recursive: true });
    await Deno.writeTextFile(`${folder}/insforge/functions/greet/index.ts`, FUNCTION);
    await run("functions", "deploy", "greet");
    const direct = JSON.parse(await run("functions", "invoke", "greet", "--data", '{"by":"me"}'));
    assertEquals(direct, { greeting: "Hello", count: 1 });

    const url = `${backend.url}/functions/greet`;
    const { id } = JSON.parse(
      await run(
        ...["schedules", "create", "--name", "greet each minute", "--cron", "* * * * *", "--json"],
        ...["--url", url, "--method", "POST", "--body", '{"by":"clock"}'],
      ),
    );
    const history = async () => JSON.parse(await run("schedules", "logs", id, "--json"));
    const minutePasses = async (runs: number) => {
      now = new Date(now.getTime() + 60_000);
      await eventually(async () => (await history()).totalCount === runs);
    };
    await minutePasses(1);
    const [first] = (await history()).logs;
    assertEquals([first.statusCode, first.success, first.message], [200, true, "Success"]);
    assertEquals(await backend.sql("SELECT by FROM visits ORDER BY n"), [
      { by: "me" },
      { by: "clock" },
    ]);
    assertMatch(
      await run("logs", "function.logs"),
      /Hello, visit number 1[^]*Hello, visit number 2/,
    );

    await run("secrets", "delete", "GREETING", "-y");
    await minutePasses(2);
    const [failed] = (await history()).logs;
    assertEquals([failed.statusCode, failed.success], [500, false]);
    assertStringIncludes(await run("logs", "function.logs"), "GREETING is gone");
    assertEquals((await backend.sql("SELECT * FROM visits")).length, 2);

    await run("schedules", "delete", id, "-y");
    await run("functions", "delete", "greet", "-y");
    await run("db", "query", "DROP TABLE visits; DROP FUNCTION visit");
    now = new Date(now.getTime() + 120_000);
    assertEquals(JSON.parse(await run("schedules", "list", "--json")), []);
    assertEquals(JSON.parse(await run("functions", "list", "--json")).functions?.length ?? 0, 0);
  });
});
