/**
 * Times a backup of 1 GiB, of objects and rows, while somebody writes, and bringing it back; beside
 * `cp -r` with a sync of the same files, since no backup is faster than the disk. What comes back
 * has to be what was there: each byte of what stood still, and of what was written all that was
 * acknowledged before, with nothing half done. With `rows` as an argument, nearly all of it is rows.
 */
import { createHash } from "node:crypto";
import { join } from "@std/path";
import { assert, assertEquals } from "@std/assert";
import { inWorkshop, type Workshop } from "./workshop.ts";

/** Four rows fill a page of PostgreSQL. */
const [OBJECTS, ROWS] = Deno.args.includes("rows") ? [1, 480_000] : [7, 160_000];
const OBJECT_BYTES = 100 * 1024 ** 2;
const STATEMENTS = 8;

await inWorkshop(async (workshop) => {
  const { executable, run, timed } = workshop;
  const before = await fill(workshop);
  const writing = keepWriting(workshop);
  await writing.isUnderWay;
  const acknowledged = writing.watch();
  let taken = "";
  const backup = await timed(async () => {
    taken = await run(executable, ["backups", "create", "--wait", "--json"]);
  });
  const longest = await writing.stop();
  const { id, sizeBytes } = JSON.parse(taken);
  assert(sizeBytes > 1024 ** 3, `only ${sizeBytes} bytes`);
  const plain = await timed(() => copyAndSync(workshop, id));
  await damage(workshop);
  const restore = await timed(() => run(executable, ["backups", "restore", id, "-y"]));
  assertEquals(await contents(workshop), before);
  const written = await requireWhole(workshop, acknowledged);
  const times = { "backup of 1 GiB under writes": backup, "its restore": restore };
  for (const [what, time] of Object.entries(times)) {
    const multiple = (time / plain).toFixed(2);
    console.log(`${what}: ${(time / 1000).toFixed(1)} s, ${multiple} x a cp -r with sync`);
  }
  console.log(`cp -r with sync: ${(plain / 1000).toFixed(1)} s`);
  console.log(`a write took ${longest.toFixed(0)} ms at most; ${written} came back`);
});

async function sql({ url, apiKey }: Workshop, query: string) {
  const response = await fetch(`${url}/api/database/advance/rawsql/unrestricted`, {
    method: "POST",
    headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
    body: JSON.stringify({ query }),
  });
  const body = await response.json();
  if (!response.ok) throw new Error(JSON.stringify(body));
  return body.rows;
}

/** @returns {@link contents} */
async function fill(workshop: Workshop): Promise<unknown> {
  const { executable, folder, run } = workshop;
  await sql(workshop, "UPDATE storage.config SET max_file_size_mb = 2048");
  await run(executable, ["storage", "create-bucket", "bench"]);
  const block = new Uint8Array(65536);
  for (let n = 0; n < OBJECTS; n++) {
    {
      using file = await Deno.create(join(folder, "object"));
      for (let size = 0; size < OBJECT_BYTES; size += block.length) {
        await file.write(crypto.getRandomValues(block));
      }
    }
    await run(executable, ["storage", "upload", "object", "--bucket", "bench", "--key", `${n}`]);
  }
  await sql(
    workshop,
    "CREATE TABLE still (id int, filler text); CREATE TABLE written (n int, amount int);" +
      "CREATE TABLE total (amount bigint); INSERT INTO total VALUES (0)",
  );
  for (let n = 0; n < STATEMENTS; n++) {
    const range = `generate_series(${n * ROWS / STATEMENTS + 1}, ${(n + 1) * ROWS / STATEMENTS})`;
    await sql(workshop, `INSERT INTO still SELECT i, repeat(md5(i::text), 60) FROM ${range} i`);
  }
  return await contents(workshop);
}

/** Digests of all that nobody writes to. */
async function contents(workshop: Workshop): Promise<unknown> {
  const { url, apiKey } = workshop;
  const digests = [];
  for (let n = 0; n < OBJECTS; n++) {
    const address = `${url}/api/storage/buckets/bench/objects/${n}`;
    const response = await fetch(address, { headers: { authorization: `Bearer ${apiKey}` } });
    digests.push(createHash("sha256").update(await response.bytes()).digest("hex"));
  }
  const [rows] = await sql(
    workshop,
    "SELECT count(*)::int, md5(string_agg(md5(filler), '' ORDER BY id)) FROM still",
  );
  return { digests, rows };
}

/** Copies the files of the backup. */
async function copyAndSync({ folder, run }: Workshop, id: string): Promise<void> {
  const script = `cp -r .insforge/snapshots/${id} plain && find plain -type f -exec sync {} +`;
  await run("sh", ["-c", script]);
  await Deno.remove(join(folder, "plain"), { recursive: true });
}

/**
 * Adds rows and their sum, in a transaction each, and an object with the name of each tenth.
 * `watch` answers which was acknowledged last, and `stop` how many milliseconds one took at most
 * since then.
 */
function keepWriting(workshop: Workshop) {
  const { url, apiKey } = workshop;
  const underWay = Promise.withResolvers<void>();
  let acknowledged = 0;
  let longest = 0;
  let isDone = false;
  const over = (async () => {
    for (let n = 1; !isDone; n++) {
      const started = performance.now();
      if (n % 10 === 0) {
        const form = new FormData();
        form.append("file", new Blob([`object ${n}`]), `w${n}`);
        const address = `${url}/api/storage/buckets/bench/objects/w${n}`;
        const headers = { authorization: `Bearer ${apiKey}` };
        const response = await fetch(address, { method: "PUT", headers, body: form });
        if (!response.ok) throw new Error(await response.text());
        await response.body?.cancel();
      }
      await sql(
        workshop,
        `INSERT INTO written VALUES (${n}, ${n % 97}); UPDATE total SET amount = amount + ${
          n % 97
        }`,
      );
      acknowledged = n;
      if (n === 20) underWay.resolve();
      longest = Math.max(longest, performance.now() - started);
    }
  })();
  over.catch(underWay.reject);
  return {
    isUnderWay: underWay.promise,
    watch() {
      longest = 0;
      return acknowledged;
    },
    async stop() {
      isDone = true;
      await over;
      return longest;
    },
  };
}

/** What the restore has to take back. */
async function damage(workshop: Workshop): Promise<void> {
  await sql(workshop, "DELETE FROM still WHERE id % 2 = 0; DROP TABLE written");
  await workshop.run(workshop.executable, [
    "storage",
    "delete-object",
    "0",
    "--bucket",
    "bench",
    "-y",
  ]);
}

/** @returns how many writes came back */
async function requireWhole(workshop: Workshop, acknowledged: number): Promise<number> {
  const [facts] = await sql(
    workshop,
    `SELECT count(*)::int AS rows, max(n) AS last, sum(w.amount) = min(t.amount) AS adds_up
     FROM written w, total t`,
  );
  assertEquals([facts.rows, facts.adds_up], [facts.last, true]);
  assert(facts.last >= acknowledged, `${acknowledged} were acknowledged, ${facts.last} are there`);
  const objects = await sql(workshop, "SELECT key FROM storage.objects WHERE key LIKE 'w%'");
  assert(objects.length >= Math.floor(facts.last / 10));
  const { url, apiKey } = workshop;
  for (const { key } of objects) {
    const address = `${url}/api/storage/buckets/bench/objects/${key}`;
    const response = await fetch(address, { headers: { authorization: `Bearer ${apiKey}` } });
    assertEquals(await response.text(), `object ${key.slice(1)}`);
  }
  return facts.rows;
}
