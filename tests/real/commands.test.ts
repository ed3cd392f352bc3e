import { assertEquals, assertMatch } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { runInProcess } from "../support/in_process.ts";
import { recordedBackend } from "../support/recorded.ts";
import { linkedTo, type StubServer } from "../support/stub_server.ts";

const NOWHERE = "00000000-0000-4000-8000-000000000000";

/** Command lines against the real backend's recorded answers: exit code, and what is shown. */
const lines: readonly (readonly [args: readonly string[], code: number, shown: RegExp])[] = [
  [["metadata"], 0, /\S/],
  [["db", "tables"], 0, /^posts$/m],
  [["db", "indexes"], 0, /^posts +posts_title_key +CREATE UNIQUE INDEX .*true +false$/m],
  [["db", "policies"], 0, /owner_write +INSERT +\{public\} +NULL +\(auth\.uid\(\) = author_id\)/],
  [["db", "triggers"], 0, /^posts_u +posts +BEFORE +UPDATE/m],
  [
    ["db", "functions"],
    0,
    /CREATE OR REPLACE FUNCTION public\.add\(a integer, b integer\)[^…]+\$f/,
  ],
  [["db", "rpc", "add", "--data", '{"a":1,"b":2}'], 1, /ECONNREFUSED/],
  [["db", "migrations", "list"], 0, /No migration/],
  [["storage", "buckets"], 0, /no buckets yet/],
  [["storage", "create-bucket", "priv", "--private"], 0, /priv/],
  [["storage", "list-objects", "pub", "--prefix", "a", "--limit", "2"], 0, /^a b\/ü#1\.txt/m],
  [["storage", "list-objects", "nope"], 4, /There is no bucket nope\..*\n.*storage buckets/],
  [["storage", "download", "none", "--bucket", "pub"], 4, /not found.*\n.*list-objects pub/],
  [["storage", "delete-object", "none", "--bucket", "pub", "-y"], 4, /not found/],
  [["storage", "delete-bucket", "nope", "-y"], 4, /There is no bucket nope/],
  [["secrets", "list"], 0, /^JWT_SECRET +yes +never/m],
  [["secrets", "get", "TOKEN_A"], 0, /^v1$/m],
  [["secrets", "get", "NOPE"], 4, /NOPE.*\n.*secrets list/],
  [["secrets", "add", "TOKEN_A", "v2"], 1, /already exists.*\n.*secrets update TOKEN_A/],
  [["secrets", "delete", "API_KEY", "-y"], 5, /API_KEY.*\nWhat is reserved is permanent/],
  [["secrets", "delete", "NOPE", "-y"], 4, /NOPE/],
  [["functions", "list"], 0, /no functions yet/],
  [["functions", "code", "nope"], 4, /not found.*\n.*functions list/],
  [["functions", "invoke", "hello", "--data", '{"a":1}'], 1, /ECONNREFUSED/],
  [["functions", "delete", "nope", "-y"], 4, /not found/],
  [["schedules", "list"], 0, /no schedules yet/],
  [["schedules", "get", NOWHERE], 4, /not found/],
  [
    ["schedules", "get", "not-a-uuid"],
    4,
    /"not-a-uuid" is no id of a schedule.*\n.*schedules list/,
  ],
  [["schedules", "logs", "xx"], 4, /"xx" is no id of a schedule/],
  [["schedules", "delete", "1;2", "-y"], 4, /is no id of a schedule/],
  [["schedules", "update", "xx", "--name", "abc"], 4, /is no id of a schedule/],
  [["logs", "insforge.logs", "--limit", "2"], 0, /Secret check successful/],
  [["logs", "nope.logs"], 1, /There is no log nope\.logs/],
  [["docs"], 0, /instructions/],
  [["docs", "db", "cobol"], 4, /no documentation/],
  [["deployments", "list", "--limit", "2"], 0, /no deployments/i],
  [["deployments", "status", NOWHERE], 4, /not found/],
  [["deployments", "status", "xx"], 4, /"xx" is no id of a deployment.*\n.*deployments list/],
  [["deployments", "cancel", NOWHERE, "-y"], 4, /not found/],
  [["deployments", "cancel", "xx", "-y"], 4, /is no id of a deployment/],
  [["deployments", "env", "list"], 1, /not configured.*\nWhoever runs this backend/],
];

describe("commands on the real backend", () => {
  let server: StubServer;
  beforeAll(async () => void (server = await recordedBackend()));
  afterAll(async () => await server[Symbol.asyncDispose]());

  for (const [args, code, shown] of lines) {
    it(`${args.join(" ")}: exit ${code}`, async () => {
      const answer = await runInProcess(args, { cwd: "/", env: linkedTo(server) });
      assertMatch(answer.stdout + answer.stderr, shown);
      assertEquals(answer.code, code);
      for (const word of ["/api/", "options and values", "    at "]) {
        assertEquals(answer.stderr.includes(word), false, answer.stderr);
      }
    });

    it(`${args.join(" ")} --json: one document, on the right stream`, async () => {
      const { stdout, stderr } = await runInProcess([...args, "--json"], {
        cwd: "/",
        env: linkedTo(server),
      });
      if (code === 0 || stderr === "") return void JSON.parse(stdout);
      assertEquals(stdout, "");
      assertEquals(typeof JSON.parse(stderr).error, "string");
    });
  }

  it("asks nothing of a backend for what can be no id", async () => {
    const before = server.requests.length;
    for (const args of [["schedules", "get", "x"], ["deployments", "status", "x"]]) {
      await runInProcess(args, { cwd: "/", env: linkedTo(server) });
    }
    assertEquals(server.requests.length, before);
  });
});
