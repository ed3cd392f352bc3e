/**
 * Every command that sends a body, and a connection that dies before, while and after it is read,
 * or while it is answered.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { dirname, join } from "@std/path";
import { forEachParallel } from "../../src/core/parallel.ts";
import { startBackend, type TestBackend } from "../support/backend.ts";
import { insforge } from "../support/executable.ts";
import { type Fault, faultProxy, rawResponse } from "../support/fault_proxy.ts";
import { withFolder } from "../support/temporary.ts";

/** Ten times what its end takes on a busy machine; an import waits for its answer for 600 s. */
const LIMIT_MS = 250_000;
const LARGE = "x".repeat(12 * 1024 * 1024);

interface Sender {
  readonly args: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
  /** The request with the body: method and beginning of the path. */
  readonly request: RegExp;
  /** What the error says once the server may have the whole body; else the body may come again. */
  readonly doubt?: RegExp;
  /** What it says while it cannot. */
  readonly nothing?: RegExp;
  /** The next step that it names. */
  readonly hint: RegExp;
  /** Whether the body of the answer is not the backend's own, and may be anything. */
  readonly passesOn?: boolean;
  /** Other requests that this backend answers in its own way; `url` is where it is. */
  readonly answer?: (request: string, url: string) => string | undefined;
}

const json = (status: number, body: unknown) =>
  rawResponse(status, JSON.stringify(body), "application/json");
const NOT_FOUND = json(404, { error: "NOT_FOUND", message: "?" });

const IMPORT = {
  request: /^POST \/api\/database\/advance\/import/,
  doubt: /the import may have happened/,
  nothing: /nothing was imported/,
  hint: /insforge db |Try again/,
};
const UPLOAD = {
  request: /^PUT \/api\/storage\//,
  doubt: /it may have been stored/,
  nothing: /nothing was stored/,
  hint: /insforge storage list-objects files|Try again/,
};
const DEPLOYED = { doubt: /hello may have been deployed/, hint: /insforge functions code hello/ };
const CODE = "export default () => new Response('hi');\n";

const SENDERS: Readonly<Record<string, Sender>> = {
  "db import": {
    args: ["db", "import", "i.sql"],
    files: { "i.sql": "CREATE TABLE a(id int);\n" },
    ...IMPORT,
  },
  "db import of a large file": {
    args: ["db", "import", "i.sql"],
    files: { "i.sql": `CREATE TABLE a(id text);\nINSERT INTO a VALUES ('${LARGE}');\n` },
    ...IMPORT,
  },
  "db query --file": {
    args: ["db", "query", "--file", "q.sql"],
    files: { "q.sql": `SELECT '${LARGE.slice(0, 1_000_000)}'` },
    request: /^POST \/api\/database\/advance\/rawsql/,
    doubt: /the SQL may have run/,
    hint: /insforge db query/,
  },
  "db rpc": {
    args: ["db", "rpc", "f", "--data", `{"a": "${LARGE.slice(0, 50_000)}"}`],
    request: /^POST \/api\/database\/rpc\/f/,
    doubt: /the function may have run/,
    hint: /insforge db query/,
  },
  "db migrations up": {
    args: ["db", "migrations", "up"],
    files: { "migrations/0001_a.sql": "CREATE TABLE a (id int);\n" },
    request: /^POST \/api\/database\/migrations/,
    doubt: /migration 1 may have been applied/,
    hint: /insforge db migrations status/,
  },
  "functions deploy, new": {
    args: ["functions", "deploy", "hello", "--no-check"],
    files: { "insforge/functions/hello/index.ts": CODE },
    request: /^POST \/api\/functions/,
    ...DEPLOYED,
  },
  "functions deploy, known": {
    args: ["functions", "deploy", "known", "--no-check"],
    files: { "insforge/functions/known/index.ts": CODE },
    request: /^PUT \/api\/functions/,
    doubt: /known may have been deployed/,
    hint: /insforge functions code known/,
  },
  "functions invoke": {
    args: ["functions", "invoke", "known", "--data", `{"a": "${LARGE.slice(0, 50_000)}"}`],
    request: /^POST \/functions\/known/,
    doubt: /the function may have run/,
    hint: /insforge logs/,
    passesOn: true,
  },
  "storage upload": {
    args: ["storage", "upload", "up.txt", "--bucket", "files"],
    files: { "up.txt": "content" },
    ...UPLOAD,
  },
  "storage upload of a large file": {
    args: ["storage", "upload", "up.txt", "--bucket", "files"],
    files: { "up.txt": LARGE },
    ...UPLOAD,
  },
  "deployments deploy": {
    args: ["deployments", "deploy", "dist"],
    files: { "dist/index.html": "<h1>home</h1>" },
    request: /^PUT \/api\/deployments/,
    hint: /Try again/,
  },
  "deployments deploy of a large file": {
    args: ["deployments", "deploy", "dist"],
    files: { "dist/index.html": "<h1>home</h1>", "dist/large.bin": LARGE },
    request: /^PUT \/api\/deployments/,
    hint: /Try again/,
  },
  "deployments deploy of an archive": {
    args: ["deployments", "deploy", "dist"],
    files: { "dist/index.html": "<h1>home</h1>" },
    request: /^POST \/upload/,
    hint: /Try again/,
    passesOn: true,
    answer: (request, url) => {
      if (/direct$/.test(request)) return NOT_FOUND;
      if (!/^POST \/api\/deployments$/.test(request)) return undefined;
      const uploadUrl = `${url}/upload`;
      return json(201, { id: "d", uploadUrl, uploadFields: {} });
    },
  },
};

const MOMENTS: Readonly<Record<string, Fault>> = {
  "before the body is read": { kind: "hang up", afterBytes: 0 },
  "before the body is read, by a reset": { kind: "hang up", afterBytes: 0, resets: true },
  "while the body is read": { kind: "hang up", afterBytes: 10 },
  "while the body is read, by a reset": { kind: "hang up", afterBytes: 10, resets: true },
  "after the body is read": { kind: "hang up", afterBytes: Infinity },
  "after the body is read, by a reset": { kind: "hang up", afterBytes: Infinity, resets: true },
};

const CUT_OFF =
  /^(?:The connection to 127\.0\.0\.1:\d+ was reset before the answer|127\.0\.0\.1:\d+ answered \S+ \S+ with something that is not JSON)/;

const HEAD = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
/** What came of an answer. */
const ANSWERS: Readonly<Record<string, string>> = {
  "within the head of the answer": HEAD.slice(0, 30),
  "within an answer of known length": `${HEAD}content-length: 500\r\n\r\n{"da`,
  "within an answer without a length": `${HEAD}connection: close\r\n\r\n{"da`,
};

let backend: TestBackend;

describe("a connection that dies with the request", () => {
  beforeAll(async () => {
    backend = await startBackend();
    await backend.request("POST", "/api/functions", { slug: "known", name: "known", code: CODE });
    const bucket = { bucketName: "files", isPublic: false };
    await backend.request("POST", "/api/storage/buckets", bucket);
  });
  afterAll(() => backend.close());

  for (const [name, sender] of Object.entries(SENDERS)) {
    it(`ends ${name} at once, with one sentence`, async () => {
      const cases = Object.entries(MOMENTS).flatMap(([moment, fault]) =>
        [false, true].map((asJson) => ({ moment, fault, asJson }))
      );
      await forEachParallel(
        cases,
        6,
        ({ moment, fault, asJson }) =>
          check(sender, fault, asJson, `${name}, ${moment}${asJson ? ", --json" : ""}`),
      );
      await forEachParallel(
        Object.entries(ANSWERS).filter(([moment]) => !sender.passesOn || /head/.test(moment)),
        6,
        ([moment, response]) =>
          check(sender, { kind: "respond", response }, false, `${name}, ${moment}`),
      );
    });
  }
});

async function check(sender: Sender, fault: Fault, asJson: boolean, title: string): Promise<void> {
  await using proxy = faultProxy(backend.url);
  let struckAt: number | undefined;
  proxy.strike(({ method, target }) => {
    const request = `${method} ${target}`;
    const response = sender.answer?.(request, proxy.url);
    if (response) return { kind: "respond", response };
    if (!sender.request.test(request)) return undefined;
    struckAt ??= performance.now();
    return fault;
  });
  const env = { INSFORGE_BASE_URL: proxy.url, INSFORGE_API_KEY: backend.apiKey };
  const { code, stdout, stderr } = await withFolder(async (cwd) => {
    for (const [path, content] of Object.entries(sender.files ?? {})) {
      await Deno.mkdir(dirname(join(cwd, path)), { recursive: true });
      await Deno.writeTextFile(join(cwd, path), content);
    }
    const args = asJson ? ["--json", ...sender.args] : sender.args;
    return await insforge(args, { cwd, env: { ...env, HOME: cwd } });
  });
  const ended = performance.now();
  assert(
    struckAt,
    `${title}: no such request, but ${JSON.stringify(proxy.requests)}, ${code}: ${stderr}`,
  );
  const took = ended - struckAt;
  assert(took < LIMIT_MS, `${title}: ends ${took} ms after it`);
  assertEquals([code, stdout], [1, ""], `${title}: ${stderr}`);
  const { error, hint } = asJson ? JSON.parse(stderr) : partsOf(stderr, title);
  assertMatch(error, CUT_OFF, title);
  assertMatch(hint, sender.hint, title);
  if (sender.doubt) assertMatch(error, either(sender.doubt, sender.nothing), title);
  const wasRead = fault.kind === "respond" ||
    fault.kind === "hang up" && fault.afterBytes === Infinity;
  if (wasRead && sender.doubt) assertMatch(error, sender.doubt, title);
}

/** What people get: a sentence, and a line that says what to do. */
function partsOf(stderr: string, title: string): { error: string; hint: string } {
  assertMatch(stderr, /^Error: [^\n]+\.\n[^\n]+\n$/, title);
  const [error = "", hint = ""] = stderr.slice("Error: ".length).split("\n");
  return { error, hint };
}

function either(one: RegExp, other?: RegExp): RegExp {
  return new RegExp(other ? `${one.source}|${other.source}` : one.source);
}
