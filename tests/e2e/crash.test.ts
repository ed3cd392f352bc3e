/**
 * Kills the backend at random moments under mixed load. `INSFORGE_KILLS` says how often (5 unless
 * given, 50 at night), `INSFORGE_SEED` repeats the moments of a run.
 */
import { assert, assertEquals } from "@std/assert";
import { walk } from "@std/fs/walk";
import { it } from "@std/testing/bdd";
import { createHash } from "node:crypto";
import { eventually } from "../support/eventually.ts";
import { spawnInsforge } from "../support/executable.ts";
import { kill, serveProcess, type ServerProcess } from "../support/server_process.ts";
import { manifestOf } from "../support/site.ts";
import { withFolder } from "../support/temporary.ts";

const KILLS = Number(Deno.env.get("INSFORGE_KILLS") ?? 5);
const SEED = Number(Deno.env.get("INSFORGE_SEED") ?? Date.now() % 1_000_000);
const LONGEST_MS = 900;

/** What was acknowledged, and what was asked for without an answer. */
interface Known {
  /** The last row, function version and secret that were acknowledged; one more may be there. */
  row: number;
  version: number;
  secret: number;
  /** Contents of objects by key; `undefined` for one that is removed. */
  readonly objects: Map<string, string | undefined>;
  /** Keys whose last request had no answer: either state is right. */
  readonly unsure: Map<string, (string | undefined)[]>;
  /** Deployments that were READY, the newest last. */
  readonly ready: { id: string; text: string }[];
}

it(`loses nothing that was acknowledged, over ${KILLS} kills`, async () => {
  const random = randomNumbers(SEED);
  await withFolder(async (folder) => {
    const dataDir = `${folder}/data`;
    const known: Known = {
      row: 0,
      version: 0,
      secret: 0,
      objects: new Map(),
      unsure: new Map(),
      ready: [],
    };
    try {
      for (let round = 0; round < KILLS; round++) {
        if (round % 5 === 0) await killWhileStarting(dataDir, random() * 400);
        const server = await serveProcess(dataDir);
        try {
          if (round === 0) await prepare(server);
          else await check(server, dataDir, known);
          const moment = random() * LONGEST_MS;
          // The last one waits, so that a run on a busy machine has seen everything too.
          const isLast = round === KILLS - 1;
          const ripe = isLast ? eventually(() => isOfEveryKind(known)) : Promise.resolve();
          const killing = ripe.finally(() => delayed(moment, server.kill));
          const writers = [writeRows, writeObjects, writeObjects, writeSites, writeFunctions];
          const load = [...writers, invoke, writeSecrets].map((writer, index) =>
            untilKilled(() => writer(client(server), known, `${round}-${index}`, random))
          );
          await Promise.all([killing, ...load]);
        } finally {
          await server.kill();
        }
      }
      const server = await serveProcess(dataDir);
      await check(server, dataDir, known).finally(server.kill);
    } catch (error) {
      throw new Error(`INSFORGE_SEED=${SEED}: ${(error as Error).message}`, { cause: error });
    }
    const done = countsOf(known);
    if (Deno.env.has("INSFORGE_KILLS")) console.log(`${KILLS} kills, seed ${SEED}:`, done);
  });
});

function countsOf({ row, version, secret, objects, ready }: Known) {
  return { row, version, secret, objects: objects.size, sites: ready.length };
}

const isOfEveryKind = (known: Known) => Object.values(countsOf(known)).every((count) => count > 0);

type Client = ReturnType<typeof client>;

/**
 * Requests that throw {@link TypeError} when the server is gone, and {@link Error} when it fails.
 */
function client({ url, apiKey }: ServerProcess) {
  const send = async (method: string, path: string, body?: BodyInit, type?: string) => {
    const headers: Record<string, string> = { authorization: `Bearer ${apiKey}` };
    if (type) headers["content-type"] = type;
    const response = await fetch(url + path, { method, headers, body });
    return { status: response.status, text: await response.text() };
  };
  const json = async (method: string, path: string, body?: unknown) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const answer = await send(method, path, text, "application/json");
    if (answer.status >= 300) {
      throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    }
    return JSON.parse(answer.text);
  };
  const sql = async (query: string) =>
    (await json("POST", "/api/database/advance/rawsql", { query })).rows;
  return { url, send, json, sql };
}

async function prepare(server: ServerProcess): Promise<void> {
  const { sql, json } = client(server);
  await sql("CREATE TABLE t (n int PRIMARY KEY, filler text)");
  await json("POST", "/api/storage/buckets", { bucketName: "b", isPublic: false });
  await json("POST", "/api/functions", { name: "f", slug: "f", code: codeOf(0) });
  await json("POST", "/api/secrets", { key: "COUNT", value: "0" });
}

async function writeRows({ sql }: Client, known: Known): Promise<void> {
  const next = known.row + 1;
  await sql(
    `INSERT INTO t SELECT ${next}, repeat('x', 3000) WHERE NOT EXISTS (SELECT FROM t WHERE n = ${next})`,
  );
  known.row = next;
}

/** Makes, replaces and removes objects, each key by one writer. */
async function writeObjects(
  { send }: Client,
  known: Known,
  writer: string,
  random: () => number,
): Promise<void> {
  const key = `${writer.split("-")[1]}/${Math.floor(random() * 8)}`;
  const path = `/api/storage/buckets/b/objects/${key}`;
  const before = known.objects.get(key);
  const isRemoved = before !== undefined && random() < 0.3;
  const content = isRemoved
    ? undefined
    : `${crypto.randomUUID()} `.repeat(1 + Math.floor(random() * 4000));
  const possible = known.unsure.get(key) ?? [before];
  known.unsure.set(key, [...possible, content]);
  const form = new FormData();
  if (content !== undefined) form.set("file", new File([content], "file"));
  const { status, text } = isRemoved ? await send("DELETE", path) : await send("PUT", path, form);
  if (!(status < 300 || (isRemoved && status === 404 && possible.includes(undefined)))) {
    throw new Error(`${isRemoved ? "DELETE" : "PUT"} ${key}: ${status} ${text}`);
  }
  known.unsure.delete(key);
  known.objects.set(key, content);
}

async function writeSites({ json, send }: Client, known: Known): Promise<void> {
  const text = `${crypto.randomUUID()}\n`.repeat(500);
  const files = { "index.html": text, "a/b.txt": `${text}b`, "c.css": "" };
  const created = await json("POST", "/api/deployments/direct", { files: manifestOf(files) });
  for (const { fileId, path, uploadedAt } of created.files) {
    if (uploadedAt) continue;
    const content = files[path as keyof typeof files];
    const to = `/api/deployments/${created.id}/files/${fileId}/content`;
    const { status } = await send("PUT", to, content, "application/octet-stream");
    assertEquals(status, 200);
  }
  await json("POST", `/api/deployments/${created.id}/start`, {});
  let status;
  do ({ status } = await json("GET", `/api/deployments/${created.id}`)); while (
    status === "QUEUED" || status === "BUILDING"
  );
  assertEquals(status, "READY");
  known.ready.push({ id: created.id, text });
}

const codeOf = (version: number) => `export default () => new Response("${version}")`;

async function writeFunctions({ json }: Client, known: Known): Promise<void> {
  await json("PUT", "/api/functions/f", { code: codeOf(known.version + 1) });
  known.version++;
}

async function invoke({ send }: Client, known: Known): Promise<void> {
  const least = known.version;
  const { status, text } = await send("GET", "/functions/f");
  assertEquals(status, 200, text);
  assert(Number(text) >= least, `version ${text} answers after ${least} was deployed`);
}

async function writeSecrets({ json }: Client, known: Known): Promise<void> {
  await json("PUT", "/api/secrets/COUNT", { value: `${known.secret + 1}` });
  known.secret++;
}

/** Everything that was acknowledged is there, and nothing else is visible or left on the disk. */
async function check(server: ServerProcess, dataDir: string, known: Known): Promise<void> {
  const { json, sql, send } = client(server);
  const oneOf = (found: number, acknowledged: number, what: string) => {
    assert(
      found === acknowledged || found === acknowledged + 1,
      `${what}: ${found} is there, ${acknowledged} was acknowledged`,
    );
    return found;
  };
  const [{ rows, last }] = await sql(
    "SELECT count(*)::int AS rows, coalesce(max(n), 0)::int AS last FROM t",
  );
  assertEquals(rows, last);
  known.row = oneOf(last, known.row, "row");
  known.version = oneOf(Number((await send("GET", "/functions/f")).text), known.version, "version");
  const { value } = await json("GET", "/api/secrets/COUNT");
  known.secret = oneOf(Number(value), known.secret, "secret");
  await checkObjects(client(server), dataDir, known);
  await checkSites(client(server), dataDir, known);
  const left = await Array.fromAsync(walk(dataDir, { match: [/\.(tmp|partial|new)$/] }));
  assertEquals(left.map(({ path }) => path), []);
}

async function checkObjects(
  { json, send }: Client,
  dataDir: string,
  known: Known,
): Promise<void> {
  const { data } = await json("GET", "/api/storage/buckets/b/objects?limit=1000");
  const listed = new Map<string, { etag: string; size: number }>(
    // deno-lint-ignore no-explicit-any
    data.map((object: any) => [object.key, object]),
  );
  for (const key of new Set([...known.objects.keys(), ...known.unsure.keys(), ...listed.keys()])) {
    const possible = known.unsure.get(key) ?? [known.objects.get(key)];
    const { status, text } = await send("GET", `/api/storage/buckets/b/objects/${key}`);
    const content = status === 200 ? text : undefined;
    assert(possible.includes(content), `${key}: ${status}, not what was acknowledged`);
    assertEquals(listed.has(key), content !== undefined, `${key} in the list`);
    known.objects.set(key, content);
  }
  known.unsure.clear();
  const storageFiles = { includeDirs: false, match: [/data.storage./] };
  await eventually(async () => {
    const files = await Array.fromAsync(walk(dataDir, storageFiles));
    return files.length === listed.size;
  });
}

async function checkSites({ json }: Client, dataDir: string, known: Known): Promise<void> {
  const { currentDeploymentId, defaultDomainUrl } = await json("GET", "/api/deployments/metadata");
  const runs = await json("GET", "/api/deployments?limit=1000");
  // deno-lint-ignore no-explicit-any
  const ready = runs.filter(({ status }: any) => status === "READY").map(({ id }: any) => id);
  for (const { id } of known.ready) assert(ready.includes(id), `${id} is READY no more`);
  // deno-lint-ignore no-explicit-any
  const statuses = new Set(runs.map(({ status }: any) => status));
  assertEquals(statuses.isSubsetOf(new Set(["WAITING", "UPLOADING", "READY", "ERROR"])), true);
  if (currentDeploymentId) {
    const text = await (await fetch(defaultDomainUrl)).text();
    const shown = known.ready.find(({ id }) => id === currentDeploymentId);
    const isNewest = known.ready.at(-1)?.id === currentDeploymentId;
    assert(
      !shown || (isNewest && shown.text === text),
      "the site is not the newest that was READY",
    );
    assertEquals(await (await fetch(`${defaultDomainUrl}/a/b.txt`)).text(), `${text}b`);
    if (!shown) known.ready.push({ id: currentDeploymentId, text });
  }
  // A content is under its name only when it is whole.
  const contents = walk(dataDir, { includeDirs: false, match: [/deployments.objects./] });
  for await (const { path, name } of contents) {
    const sha = createHash("sha1").update(await Deno.readFile(path)).digest("hex");
    assertEquals(sha, name);
  }
}

/** Works until the server is gone; another failure ends the test. */
async function untilKilled(work: () => Promise<void>): Promise<void> {
  try {
    while (true) await work();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
}

async function killWhileStarting(dataDir: string, afterMs: number): Promise<void> {
  const args = ["local", "serve", "--data-dir", dataDir, "--port", "0"];
  const child = spawnInsforge(args);
  await delayed(afterMs, () => kill(child));
}

async function delayed(milliseconds: number, work: () => Promise<void>): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  await work();
}

/** Numbers between 0 and 1 that a seed repeats. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
