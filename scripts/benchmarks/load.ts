/**
 * Loads the local backend of the compiled executable with mixed requests of many clients, and
 * prints requests, errors, times and the memory of its processes. Arguments: seconds (60), clients
 * (50).
 */
import { serveProcess, type ServerProcess } from "../../tests/support/server_process.ts";

const SECONDS = Number(Deno.args[0] ?? 60);
const CLIENTS = Number(Deno.args[1] ?? 50);
const OBJECT = new Uint8Array(20_000);

const folder = await Deno.makeTempDir({ prefix: "insforge-load-" });
const server = await serveProcess(`${folder}/data`);
try {
  await measure(server);
} finally {
  await server.kill();
  await Deno.remove(folder, { recursive: true });
}

async function measure({ url, apiKey, child }: ServerProcess): Promise<void> {
  const failures = new Map<string, number>();
  const times = new Map<string, number[]>();
  const send = async (method: string, path: string, body?: unknown) => {
    const isForm = body instanceof FormData;
    const response = await fetch(url + path, {
      method,
      headers: {
        authorization: `Bearer ${apiKey}`,
        ...(body && !isForm ? { "content-type": "application/json" } : {}),
      },
      body: isForm ? body as FormData : body ? JSON.stringify(body) : undefined,
    });
    await response.bytes();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status}`);
  };
  const sql = (query: string) => send("POST", "/api/database/advance/rawsql", { query });
  await sql("CREATE TABLE t (id serial PRIMARY KEY, title text)");
  await send("POST", "/api/storage/buckets", { bucketName: "b", isPublic: false });
  const code = "export default () => new Response('fine')";
  await send("POST", "/api/functions", { name: "f", slug: "f", code });
  const object = (client: number) => `/api/storage/buckets/b/objects/${client}`;
  const requests: Record<string, (client: number) => Promise<void>> = {
    "SQL": () => sql("SELECT count(*) FROM (SELECT 1 FROM t LIMIT 100) AS rows"),
    "record in": () => send("POST", "/api/database/records/t", [{ title: "a" }]),
    "record out": () => send("GET", "/api/database/records/t?limit=10"),
    "object in": (client) => {
      const form = new FormData();
      form.set("file", new File([OBJECT], "file"));
      return send("PUT", object(client), form);
    },
    "object out": (client) => send("GET", object(client)),
    "function": () => send("GET", "/functions/f"),
    "logs": () => send("GET", "/api/logs/insforge.logs?limit=10"),
  };
  const until = performance.now() + SECONDS * 1000;
  const memory: number[] = [];
  const watch = setInterval(() => memory.push(residentMiB(child.pid)), SECONDS * 100);
  await Promise.all(Array.from({ length: CLIENTS }, async (_, client) => {
    await requests["object in"]!(client);
    for (let turn = client; performance.now() < until; turn++) {
      const entries = Object.entries(requests);
      const [name, request] = entries[turn % entries.length]!;
      const started = performance.now();
      try {
        await request(client);
      } catch (error) {
        const message = (error as Error).message;
        failures.set(message, (failures.get(message) ?? 0) + 1);
      }
      const list = times.get(name) ?? [];
      list.push(performance.now() - started);
      times.set(name, list);
    }
  }));
  clearInterval(watch);
  const all = times.values().flatMap((list) => list).toArray();
  console.log(`${all.length / SECONDS | 0} requests/s of ${CLIENTS} clients, ${SECONDS} s`);
  for (const [name, list] of [...times, ["all", all] as const]) {
    console.log(`${name.padEnd(12)} p50 ${at(list, 0.5)}  p99 ${at(list, 0.99)}`);
  }
  console.log(`memory of the server, MiB: ${memory.map(Math.round).join(" ")}`);
  console.log("failures:", Object.fromEntries(failures));
}

function at(times: readonly number[], share: number): string {
  const value = times.toSorted((a, b) => a - b)[Math.floor(times.length * share)] ?? 0;
  return `${value.toFixed(0)} ms`;
}

function residentMiB(pid: number): number {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
}
