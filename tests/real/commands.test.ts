import { dirname, join } from "@std/path";
import type { Commands } from "../../src/cli/command.ts";
import { commands } from "../../src/commands/mod.ts";
import { withFolder } from "../support/temporary.ts";
import { assertEquals, assertMatch } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { runInProcess } from "../support/in_process.ts";
import { recordedBackend } from "../support/recorded.ts";
import { linkedTo, type StubServer } from "../support/stub_server.ts";

const SCHEDULE = "9556b666-7d80-4bb1-9c3b-a59c81583515";
/** What is in the folder that commands run in. */
const FILES: Readonly<Record<string, string>> = {
  "migrations/1_first-one.sql": "CREATE TABLE mig(id int)",
  "site/index.html": "<h1>Hello</h1>",
  "u.txt": "hello world",
};
const NOWHERE = "00000000-0000-4000-8000-000000000000";

const FIELDS = [
  ...["--name", "Every five", "--cron", "*/5 * * * *", "--method", "POST"],
  ...["--url", "http://127.0.0.1:7130/functions/hello", "--body", '{"a":1}'],
  ...["--headers", '{"X-K":"${{secrets.TOKEN_A}}"}'],
];

/** What was recorded of the real backend: groups of commands by their first word. */
const RECORDED = new Set(
  ["db", "storage", "secrets", "functions", "schedules", "logs", "docs", "deployments", "metadata"],
);

/**
 * What of these has no recorded answer, and why; tests on the local backend hold the form of each.
 */
const NOT_RECORDED: Readonly<Record<string, string>> = {
  "db diff": "statements of its own",
  "db query": "sql.test.ts has it",
  "db shell": "as db query",
  "db types": "statements of its own",
  "db import": "statements of its own",
  "db lint": "statements of its own",
  "db seed": "statements of its own",
  "db connection-string": "hosted databases alone",
  "functions deploy": "uploads code of its own making",
  "functions serve": "secrets alone",
  "functions logs": "function.logs was asked for two lines",
  "secrets rotate": "no key was rotated",
  "storage s3-keys list": "a store of S3 alone has them",
  "storage s3-keys create": "as storage s3-keys list",
  "storage s3-keys delete": "as storage s3-keys list",
  "deployments open": "nothing was deployed",
  "deployments env set": "no hosting",
  "deployments env delete": "as deployments env unset",
  "deployments metadata": "nothing was deployed",
  "deployments slug": "hosted projects alone",
};

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
  [["storage", "download", "none", "--bucket", "lost"], 4, /There is no bucket lost/],
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
  [["deployments", "env", "unset", "A", "-y"], 1, /not configured/],
  [["deployments", "deploy", "site"], 1, /not configured.*\nWhoever runs this backend/],
  [["db", "migrations", "fetch"], 0, /Nothing to fetch/],
  [["db", "migrations", "status"], 0, /^1 +first-one +pending/m],
  [["db", "migrations", "up", "--all"], 0, /Applied 1 migration/],
  [["db", "export", "--server"], 0, /-- Database Export/],
  [["secrets", "update", "NOPE", "--value", "v"], 4, /NOPE/],
  [["storage", "config"], 0, /Largest object: 50 MB/],
  [
    ["storage", "upload", "u.txt", "--bucket", "pub", "--key", "a b/ü#1.txt"],
    0,
    /as a b\/ü#1\.txt/,
  ],
  [["storage", "upload", "u.txt", "--bucket", "nope"], 4, /nope.*\n.*storage buckets/],
  [["functions", "code", "hello"], 0, /module\.exports/],
  [["schedules", "create", ...FIELDS], 0, /Created the schedule Every five/],
  [["schedules", "get", SCHEDULE], 0, /Every five/],
  [["schedules", "logs", SCHEDULE, "--limit", "5"], 0, /has not run yet/],
  [["schedules", "update", SCHEDULE, "--cron", "0 9 * * 1-5"], 0, /\S/],
  [["schedules", "delete", SCHEDULE, "-y"], 0, /deleted/],
  [["local", "mail", "list"], 1, /not a local backend.*\n.*local start/],
  [["local", "mail", "show", "1"], 1, /not a local backend/],
  [["local", "mail", "open"], 1, /not a local backend/],
];

/** What asks for the buckets a second time, when there were some. */
const AFTERWARDS = /^storage (download|delete-object) /;

/** The names of the commands whose sandbox reaches the linked backend. */
function backendCommands(commands: Commands, above = ""): string[] {
  return Object.entries(commands).flatMap(([name, entry]) => {
    const path = `${above}${name}`;
    if ("commands" in entry) return backendCommands(entry.commands, `${path} `);
    return entry.reach?.hosts?.includes("project") ? [path] : [];
  });
}

describe("commands on the real backend", () => {
  let server: StubServer;
  let afterwards: StubServer;
  let cwd: string;
  beforeAll(async () => {
    server = await recordedBackend();
    afterwards = await recordedBackend(1);
    cwd = await Deno.makeTempDir({ prefix: "insforge-test-" });
    for (const [path, text] of Object.entries(FILES)) {
      await Deno.mkdir(dirname(join(cwd, path)), { recursive: true });
      await Deno.writeTextFile(join(cwd, path), text);
    }
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await afterwards[Symbol.asyncDispose]();
    await Deno.remove(cwd, { recursive: true });
  });

  it("are all of those that ask a backend, but for what was not recorded", () => {
    const known = [...lines.map(([args]) => args.join(" ")), ...Object.keys(NOT_RECORDED)];
    const missing = backendCommands(commands).filter((name) => RECORDED.has(name.split(" ")[0]!))
      .filter((name) => !known.some((line) => `${line} `.startsWith(`${name} `)));
    assertEquals(missing, []);
  });

  it("link to it: the key is tried, and kept", async () => {
    await withFolder(async (folder) => {
      const args = ["link", "--api-base-url", server.url, "--api-key", "ik_test"];
      const { code, stdout } = await runInProcess(args, { cwd: folder });
      assertEquals([code, stdout], [0, `✓ Linked this directory to ${server.url}.\n`]);
      const link = JSON.parse(await Deno.readTextFile(`${folder}/.insforge/project.json`));
      assertEquals([link.oss_host, link.api_key], [server.url, "ik_test"]);
    });
  });

  for (const [args, code, shown] of lines) {
    const backend = () => AFTERWARDS.test(args.join(" ")) ? afterwards : server;
    it(`${args.join(" ")}: exit ${code}`, async () => {
      const answer = await runInProcess(args, { cwd, env: linkedTo(backend()) });
      assertMatch(answer.stdout + answer.stderr, shown);
      assertEquals(answer.code, code);
      for (const word of ["/api/", "options and values", "    at "]) {
        assertEquals(answer.stderr.includes(word), false, answer.stderr);
      }
    });

    it(`${args.join(" ")} --json: one document, on the right stream`, async () => {
      const { stdout, stderr } = await runInProcess([...args, "--json"], {
        cwd,
        env: linkedTo(backend()),
      });
      if (code === 0 || stderr === "") return void JSON.parse(stdout);
      assertEquals(stdout, "");
      assertEquals(typeof JSON.parse(stderr).error, "string");
    });
  }

  it("asks nothing of a backend for what can be no id", async () => {
    const before = server.requests.length;
    for (const args of [["schedules", "get", "x"], ["deployments", "status", "x"]]) {
      await runInProcess(args, { cwd, env: linkedTo(server) });
    }
    assertEquals(server.requests.length, before);
  });
});
