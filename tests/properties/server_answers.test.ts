import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { anyJson, anyText, fc, holds } from "../support/arbitraries.ts";
import { runLine } from "../support/run_line.ts";
import { linkedTo, type StubServer, stubServer } from "../support/stub_server.ts";
import { orderly } from "../support/verdict.ts";

/** Every command that reads an answer, with all that it needs. */
const LINES = [
  "metadata",
  "db tables",
  "db functions",
  "db indexes",
  "db policies",
  "db triggers",
  "db rpc f",
  "db connection-string",
  "db query SELECT",
  "db types",
  "db export",
  "db migrations list",
  "db migrations status",
  "functions list",
  "functions code f",
  "functions delete f",
  "functions invoke f",
  "secrets list",
  "secrets get K",
  "secrets add K v",
  "secrets update K --value v",
  "secrets delete K",
  "storage buckets",
  "storage create-bucket bucket",
  "storage delete-bucket bucket",
  "storage list-objects bucket",
  "storage list-objects bucket --sort size",
  "storage delete-object key --bucket bucket",
  "storage download key --bucket bucket --output file",
  "storage upload source --bucket bucket",
  "schedules list",
  "schedules get 1",
  "schedules logs 1",
  "schedules delete 1",
  "schedules update 1 --active false",
  "logs insforge.logs",
  "logs function-deploy.logs",
  "deployments list",
  "deployments status 1",
  "deployments cancel 1",
  "deployments env list",
  "deployments env unset K",
  "docs",
  "docs instructions",
  "list",
  "whoami",
  "current",
] as const;

/** The names that answers are read by. */
const FIELDS = [
  "id",
  "name",
  "data",
  "rows",
  "fields",
  "tables",
  "functions",
  "function",
  "code",
  "value",
  "key",
  "secrets",
  "buckets",
  "objects",
  "pagination",
  "total",
  "logs",
  "schedules",
  "deployments",
  "deployment",
  "envVars",
  "status",
  "migrations",
  "organizations",
  "projects",
  "user",
  "email",
  "url",
  "method",
  "size",
  "createdAt",
  "uploadedAt",
  "timestamp",
  "eventMessage",
  "body",
  "slug",
  "database",
  "columns",
  "content",
  "connectionURL",
] as const;

const leaf = fc.oneof(
  anyText,
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.bigInt().map(String),
);
/** JSON with the fields of answers, holding anything. */
const answer = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...FIELDS), tie("value"), { maxKeys: 5 }),
    fc.array(fc.dictionary(fc.constantFrom(...FIELDS), leaf, { maxKeys: 8 }), { maxLength: 3 }),
  ),
})).value;

/** Waits pass at once. */
function fastClock() {
  let now = Date.now();
  return {
    now: () => new Date(now),
    sleep(milliseconds: number) {
      now += milliseconds;
      return Promise.resolve();
    },
  };
}

let server: StubServer;
let body: string;
let folder: string;

describe("answers of a server", () => {
  beforeAll(async () => {
    folder = await Deno.makeTempDir();
    await Deno.writeTextFile(`${folder}/source`, "x");
    server = stubServer(() =>
      new Response(body, { headers: { "content-type": "application/json" } })
    );
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await Deno.remove(folder, { recursive: true });
  });

  it("of any shape end every command in order", () =>
    holds(
      [
        fc.constantFrom(...LINES),
        fc.oneof(answer, anyJson),
        fc.constantFrom(undefined, 80),
        fc.boolean(),
      ],
      200,
      async (line, json, columns, asJson) => {
        body = JSON.stringify(json) ?? "";
        const env = {
          ...linkedTo(server),
          INSFORGE_API_URL: server.url,
          INSFORGE_ACCESS_TOKEN: "x",
        };
        const args = [...line.split(" "), ...(asJson ? ["--json"] : [])];
        await orderly(() => runLine(args, { cwd: folder, env, columns, clock: fastClock() }));
      },
    ));
});
