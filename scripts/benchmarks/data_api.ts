/**
 * Compares the data API of the compiled executable, on its embedded database, with a handler of
 * Hono and `pg` on the system's own PostgreSQL that answers the same rows: once with the query
 * alone, and once in a transaction with the caller's role and claims, as PostgREST has it. Beside
 * them the same query runs in PGlite alone, one after another in this process: more than that no
 * backend on PGlite can answer. They take turns, since the speed of a machine changes. Prints
 * requests a second, how they compare, and the processor time of a request.
 */
import { PGlite } from "@electric-sql/pglite";
import { Hono } from "hono";
import pg from "pg";
import { startPostgres } from "../../tests/support/postgres.ts";
import { serveProcess } from "../../tests/support/server_process.ts";

const ROUNDS = 5;
const SECONDS = 2;
const CLIENTS = 8;
const ROWS = `CREATE TABLE films (id int PRIMARY KEY, title text, year int);
INSERT INTO films SELECT n, 'A title ' || n, 1900 + n % 100 FROM generate_series(1, 10000) AS n;
CREATE INDEX ON films (year);
ANALYZE films;`;
const QUERY = `SELECT coalesce(json_agg(r), '[]')::text AS body
FROM (SELECT id, title FROM films WHERE year = $1 ORDER BY id LIMIT 20) AS r`;

const [mode, host] = Deno.args;
if (mode === "handler") serveHandler(host!);
else await compare();

async function compare(): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "insforge-bench-" });
  await using postgres = await startPostgres();
  await postgres.psql(["-c", ROWS, "-c", "CREATE ROLE anon", "-c", "GRANT ALL ON films TO anon"]);
  const backend = await serveProcess(`${folder}/data`);
  const pglite = await PGlite.create();
  await pglite.exec(ROWS);
  const flags = (Deno.env.get("INSFORGE_DENO_FLAGS") ?? "").split("\n").filter(Boolean);
  const handler = new Deno.Command(Deno.execPath(), {
    args: ["run", ...flags, "--allow-all", import.meta.filename!, "handler", postgres.host],
    stdout: "piped",
  }).spawn();
  const authorization = `Bearer ${backend.apiKey}`;
  try {
    await ask(`${backend.url}/api/database/advance/rawsql`, {
      method: "POST",
      headers: { authorization, "content-type": "application/json" },
      body: JSON.stringify({ query: ROWS }),
    });
    const { value: port } = await handler.stdout.pipeThrough(new TextDecoderStream()).getReader()
      .read();
    const own = `http://127.0.0.1:${port!.trim()}`;
    const query = "select=id,title&year=eq.1950&order=id&limit=20";
    let requests = 0;
    const before = processorTime(backend.child.pid);
    const rates = await takeTurns({
      "insforge": async () => {
        const url = `${backend.url}/api/database/records/films?${query}`;
        await ask(url, { headers: { authorization } });
        requests++;
      },
      "PGlite alone": async () => void await pglite.query(QUERY, [1950]),
      "query alone": () => ask(`${own}/alone?year=1950`),
      "in a transaction": () => ask(`${own}/transaction?year=1950`),
    });
    const computed = (processorTime(backend.child.pid) - before) / requests;
    for (const [name, rate] of rates) console.log(`${name}: ${Math.round(rate)} requests a second`);
    const [insforge = 0, bound = 0, ...others] = rates.map(([, rate]) => rate);
    for (const [index, name] of ["the query alone", "the transaction"].entries()) {
      const other = others[index]!;
      const ratios = [insforge, bound].map((rate) => (rate / other).toFixed(2));
      console.log(`${ratios[0]} x ${name}; PGlite alone ${ratios[1]} x`);
    }
    console.log(`${computed.toFixed(2)} ms of processor time a request`);
  } finally {
    handler.kill();
    await backend.kill();
    await Deno.remove(folder, { recursive: true });
  }
}

/** The median rate of each, in requests a second. */
async function takeTurns(
  subjects: Record<string, () => Promise<void>>,
): Promise<[string, number][]> {
  const rates = new Map(Object.keys(subjects).map((name) => [name, [] as number[]]));
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [name, request] of Object.entries(subjects)) {
      const rate = await rateOf(request);
      // The first round warms up.
      if (round > 0) rates.get(name)!.push(rate);
    }
  }
  return [...rates].map(([name, all]) => [name, all.sort((a, b) => a - b)[ROUNDS >> 1]!]);
}

/** Milliseconds that a process has computed so far, on Linux. */
function processorTime(pid: number): number {
  const fields = Deno.readTextFileSync(`/proc/${pid}/stat`).split(") ")[1]!.split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

async function rateOf(request: () => Promise<void>): Promise<number> {
  const start = performance.now();
  const until = start + SECONDS * 1000;
  let count = 0;
  await Promise.all(Array.from({ length: CLIENTS }, async () => {
    while (performance.now() < until) {
      await request();
      count++;
    }
  }));
  return count / (performance.now() - start) * 1000;
}

async function ask(url: string, init?: RequestInit): Promise<void> {
  const response = await fetch(url, init);
  const text = await response.text();
  if (!response.ok) throw new Error(`${url}: ${response.status} ${text}`);
}

function serveHandler(host: string): void {
  const pool = new pg.Pool({ host, user: "postgres", database: "postgres", max: CLIENTS });
  const app = new Hono();
  const json = { "content-type": "application/json; charset=utf-8" };
  app.get("/alone", async (context) => {
    const { rows } = await pool.query(QUERY, [context.req.query("year")]);
    return context.body(rows[0].body, 200, json);
  });
  app.get("/transaction", async (context) => {
    const client = await pool.connect();
    try {
      await client.query("BEGIN READ ONLY");
      await client.query(
        "SELECT set_config('role', 'anon', true), set_config('request.jwt.claims', $1, true)",
        [JSON.stringify({ role: "anon" })],
      );
      const { rows } = await client.query(QUERY, [context.req.query("year")]);
      await client.query("COMMIT");
      return context.body(rows[0].body, 200, json);
    } finally {
      client.release();
    }
  });
  Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen: ({ port }) => console.log(String(port)),
  }, app.fetch);
}
