import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { startBackend, type TestBackend } from "../support/backend.ts";
import { insforge } from "../support/executable.ts";
import { openPty } from "../support/pty.ts";
import { withFolder } from "../support/temporary.ts";

let backend: TestBackend;

const environment = () => ({
  INSFORGE_BASE_URL: backend.url,
  INSFORGE_API_KEY: backend.apiKey,
});
const run = (args: string[], stdin?: string) =>
  insforge(["secrets", ...args], { env: environment(), stdin });

describe("the secrets commands", () => {
  beforeAll(async () => void (backend = await startBackend()));
  afterAll(() => backend.close());

  it("R18: values arrive unchanged, from the command line and from stdin", async () => {
    const value = "-x=1\n$(rm) 'ü' \"漢\"";
    assertEquals((await run(["add", "DASHED", "--", value])).code, 0);
    assertEquals((await run(["get", "DASHED"])).stdout, `${value}\n`);
    assertEquals((await run(["add", "PIPED", "-"], `${value}\n`)).code, 0);
    const read = await run(["get", "PIPED", "--json"]);
    assertEquals(JSON.parse(read.stdout), { key: "PIPED", value });
  });

  it("R62: deleting asks, says that it can be undone, and can be", async () => {
    await run(["add", "SOFT", "v"]);
    const refused = await run(["delete", "SOFT"]);
    assertEquals(refused.code, 1);
    assertStringIncludes(refused.stderr, "can be undone");
    const deleted = await run(["delete", "SOFT", "-y"]);
    assertEquals(deleted.code, 0);
    assertStringIncludes(deleted.stdout, "secrets update SOFT --active true");
    assertEquals((await run(["get", "SOFT"])).code, 4);
    assertEquals((await run(["list"])).stdout.includes("SOFT"), false);
    assertMatch((await run(["list", "--all"])).stdout, /SOFT +no/);
    assertEquals((await run(["update", "SOFT", "--active", "true"])).code, 0);
    assertEquals((await run(["get", "SOFT"])).code, 0);
  });

  it("R19: values of options are checked before the request", async () => {
    for (
      const wrong of [
        ["update", "DASHED"],
        ["update", "DASHED", "--active", "yes"],
        ["update", "DASHED", "--expires", "soon"],
        ["add", "lower", "v"],
        ["add", "EMPTY", ""],
        ["update", "DASHED", "--value", ""],
      ]
    ) assertEquals((await run(wrong)).code, 1, wrong.join(" "));
  });

  it("a conflict ends with 1, a reserved secret with 5", async () => {
    assertEquals((await run(["add", "DASHED", "v"])).code, 1);
    assertEquals((await run(["delete", "API_KEY", "-y"])).code, 5);
  });

  it("what is reserved is said to be permanent before it is", async () => {
    await run(["add", "FIRST", "v"]);
    const later = await run(["update", "FIRST", "--reserved", "true"]);
    assertEquals(later.code, 0);
    assertMatch(later.stderr, /^What is reserved is permanent: FIRST can never be changed/);
    assertEquals((await run(["update", "FIRST", "--value", "w"])).code, 5);
  });

  it("a file of secrets is added line by line, and each outcome is told", async () => {
    await withFolder(async (cwd) => {
      await Deno.writeTextFile(`${cwd}/.env`, '# c\nA1="x y"\nexport B2=z\nDASHED=again\n');
      const result = await insforge(["secrets", "add", "--env-file", ".env", "--json"], {
        cwd,
        env: environment(),
      });
      assertEquals(result.code, 1);
      const outcome = JSON.parse(result.stdout).secrets;
      assertEquals(
        outcome.map(({ key, success }: { key: string; success: boolean }) => [key, success]),
        [["A1", true], ["B2", true], ["DASHED", false]],
      );
      assertEquals((await run(["get", "A1"])).stdout, "x y\n");
    });
  });

  it("lines of a file that become no secret are named", async () => {
    await withFolder(async (cwd) => {
      const lines = '# c\nC3="\nz\n"\nEMPTY=\nKEY=-----BEGIN\nabc+/\n';
      await Deno.writeTextFile(`${cwd}/.env`, lines);
      const { code, stderr } = await insforge(["secrets", "add", "--env-file", ".env"], {
        cwd,
        env: environment(),
      });
      assertEquals(code, 0, stderr);
      assertMatch(stderr, /so left out: EMPTY\.\nNo KEY=value, and so left out: line 7\./);
      const again = ["secrets", "add", "--env-file", ".env", "--json"];
      const { stdout } = await insforge(again, { cwd, env: environment() });
      const { skipped, unread } = JSON.parse(stdout);
      assertEquals([skipped, unread], [["EMPTY"], [7]]);
    });
  });

  it({
    name: "the value is asked for without echo",
    ignore: Deno.build.os === "windows",
    async fn() {
      const pty = openPty(["secrets", "add", "ASKED"], { env: environment() });
      await pty.expect("Value of ASKED");
      await pty.type("hidden value\r");
      assertEquals(await pty.end(), 0, pty.screen());
      assertEquals(pty.screen().includes("hidden value"), false);
      assertEquals((await run(["get", "ASKED"])).stdout, "hidden value\n");
    },
  });

  it("rotating replaces the key of the link, and shows a key only where it is kept nowhere", async () => {
    const own = await startBackend();
    await withFolder(async (cwd) => {
      await Deno.mkdir(`${cwd}/.insforge`);
      const file = `${cwd}/.insforge/project.json`;
      const link = { project_id: "p", api_key: own.apiKey, oss_host: own.url, other: 1 };
      await Deno.writeTextFile(file, JSON.stringify(link));
      const at = (args: string[], env = {}) => insforge(["secrets", ...args], { cwd, env });
      const refused = await at(["rotate", "api-key"]);
      assertEquals(refused.code, 1);
      assertStringIncludes(refused.stderr, "stops working after 24 hours");
      for (
        const wrong of [["jwt-key"], ["api-key", "--grace", "169"], [
          "anon-key",
          "--grace-hours",
          "-1",
        ]]
      ) {
        const { code, stderr } = await at(["rotate", ...wrong, "-y"]);
        assertEquals(code, 1, wrong.join(" "));
        assertStringIncludes(stderr, wrong[1] ?? "jwt-key");
      }
      assertEquals(JSON.parse(await Deno.readTextFile(file)), link);

      const rotated = await at(["rotate", "api-key", "--grace", "0", "-y"]);
      assertEquals(rotated.code, 0, rotated.stderr);
      const { api_key, ...rest } = JSON.parse(await Deno.readTextFile(file));
      assertEquals(rest, { project_id: "p", oss_host: own.url, other: 1 });
      assertMatch(api_key, /^ik_[0-9a-f]{64}$/);
      assertEquals(rotated.stdout.includes(api_key), false);
      assertEquals((await at(["list"])).code, 0);
      assertEquals((await own.request("GET", "/api/secrets")).status, 401);

      const anon = JSON.parse((await at(["rotate", "anon-key", "-y", "--json"])).stdout);
      assertMatch(anon.key, /^anon_[0-9a-f]{64}$/);
      const env = { INSFORGE_BASE_URL: own.url, INSFORGE_API_KEY: api_key };
      const kept = JSON.parse((await at(["rotate", "api-key", "-y", "--json"], env)).stdout);
      assertMatch(kept.key, /^ik_[0-9a-f]{64}$/);
    });
    await own.close();
  });
});
