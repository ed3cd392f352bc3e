/**
 * Runs the command lines of InsForge's own CLI, unmodified, in a folder that a new local backend
 * has linked: `./scripts/deno run --allow-all scripts/bars/cli_lines.ts FOLDER`, where the folder
 * is a checkout of InsForge/CLI that is built (`npm install`, `npx tsup`). Each line of
 * `cli_lines.txt` runs as it stands and with `--json`. Prints those that end in another way than is
 * written there, and counts; ends with 1 when there is one. Nothing is asked of the platform.
 */
import { dirname, join } from "@std/path";
import { wordsOf } from "../../tests/support/skill_lines.ts";
import { LocalBackend } from "./local_backend.ts";
import { node } from "./npm.ts";

/** What the lines name; `$m` is the word of the run. */
const FILES: Readonly<Record<string, string>> = {
  "a.txt": "hello",
  "bad.sql": "SELEC nope;",
  "bad.toml": "[auth\n",
  "bad.ts": "export default async () => { return new Response('x' ;",
  "data.sql": "CREATE TABLE IF NOT EXISTS imported_$m (id int PRIMARY KEY, v text);\n" +
    "INSERT INTO imported_$m VALUES (1, 'a'), (2, 'b');",
  "fn.ts": "module.exports = async (request) => Response.json({ method: request.method });",
  "memo.txt": "The API base path is /v2.",
  "on.toml": "[auth.password]\nmin_length = 8\n\n[storage]\nmax_file_size_mb = 20\n",
  "role.sql": "CREATE ROLE x;",
  "site/index.html": "<h1>Hello</h1>",
  "text.ts": "module.exports = async () => new Response('plain', { status: 418 });",
  "throws.ts": "module.exports = async () => { throw new Error('boom'); };",
};
/** Where the ids are listed that lines remember. */
const LISTS: Readonly<Record<string, string>> = {
  backup: "/api/database/backups",
  deployment: "/api/deployments",
  s3key: "/api/storage/s3/access-keys",
  schedule: "/api/schedules",
  sup: "/api/advisor/suppressions",
};
/** What no answer of a backend has its client say. */
const LOST = /fetch failed|is not a function|Cannot read propert|Unexpected (token|end)|\[object /;
const ONE_LINE = /^(?<there>\d)(?:\/(?<here>\d))? (?<line>.*?)(?: => (?<name>\w+))?$/;

const [checkout] = Deno.args;
if (!checkout) {
  console.error("Name the folder of a checkout of InsForge/CLI that is built.");
  Deno.exit(2);
}
const text = await Deno.readTextFile(new URL("cli_lines.txt", import.meta.url));
const lines = text.split("\n").filter((line) => line && !line.startsWith("#"));
await using backend = await LocalBackend.start();
const ids = new Map<string, string>();
const counts = { all: 0, same: 0, elsewise: 0 };
for (const run of ["plain", "json"]) await runAll(run);
console.log(
  `${counts.same + counts.elsewise} of ${counts.all} end as they should: ${counts.same} as on ` +
    `InsForge's own backend, ${counts.elsewise} otherwise, as docs/differences.md says`,
);
if (counts.same + counts.elsewise < counts.all) Deno.exitCode = 1;

async function runAll(run: string): Promise<void> {
  for (const [name, content] of Object.entries(FILES)) {
    const path = join(backend.folder, name);
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.writeTextFile(path, content.replaceAll("$m", run));
  }
  for (const entry of lines) {
    if (entry.startsWith("!")) await changeMigration(entry, run);
    else await runOne(ONE_LINE.exec(entry)!.groups!, run);
  }
}

async function runOne(entry: Readonly<Record<string, string>>, run: string): Promise<void> {
  const { there, here = there, line, name } = entry;
  const words = wordsOf(line!.replaceAll("$m", run)).map((word) => ids.get(word) ?? word);
  const { code, stdout, stderr } = await node("node", [
    join(checkout!, "dist", "index.js"),
    ...words,
    ...run === "json" ? ["--json"] : [],
  ], {
    cwd: backend.folder,
    stdin: "null",
    env: { HOME: backend.folder, USERPROFILE: backend.folder, INSFORGE_API_URL: backend.url },
  });
  const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  counts.all++;
  if (code !== Number(here) || LOST.test(said)) {
    console.log(`${run}: ${line}\n  ends with ${code}, and should with ${here}: ${said.trim()}`);
  } else if (here === there) counts.same++;
  else counts.elsewise++;
  if (name) await remember(name);
}

/** Keeps the id of what was made last, as `$NAME`. */
async function remember(name: string): Promise<void> {
  const response = await fetch(backend.url + LISTS[name], {
    headers: { authorization: `Bearer ${backend.apiKey}` },
  });
  const answer = await response.json();
  const all = Array.isArray(answer) ? answer : Object.values(answer).find(Array.isArray) ?? [];
  const newest =
    all.toSorted((a: { createdAt: string }, b: { createdAt: string }) =>
      a.createdAt < b.createdAt ? 1 : -1
    )[0];
  if (newest) ids.set(`$${name}`, newest.id);
}

/** Fills the newest migration, breaks it, or removes it. */
async function changeMigration(what: string, run: string): Promise<void> {
  const folder = join(backend.folder, "migrations");
  const names = Array.from(Deno.readDirSync(folder), ({ name }) => name).sort();
  const path = join(folder, names.at(-1)!);
  if (what === "!unbreak") await Deno.remove(path);
  else {
    const type = what === "!break" ? "nope" : "int";
    await Deno.writeTextFile(path, `CREATE TABLE mig_${run} (id ${type});`);
  }
}
