/**
 * Loads the SQL of InsForge's public templates, documents and skills into local backends and prints
 * what came of each: `./scripts/deno run --allow-all scripts/public_templates.ts FOLDER…`, where a
 * folder is a checkout. Each file of SQL has a new backend, and so has each document; the SQL
 * blocks of a document run in their order. Ends with 1 when SQL of a template is refused.
 *
 * A document may write about tables that it leaves to the reader: such a block is told from one
 * that the backend refuses. Those are for a person to judge: documents show parts of statements, and
 * statements that exclude each other.
 */
import { walk } from "@std/fs/walk";
import { basename, dirname, fromFileUrl, join, relative } from "@std/path";

const EXECUTABLE = fromFileUrl(
  new URL(`../dist/insforge${Deno.build.os === "windows" ? ".exe" : ""}`, import.meta.url),
);

/** SQLSTATEs of names that are not there: tables, columns, schemas, functions, objects. */
const MISSING_NAMES = ["42P01", "42703", "3F000", "42883", "42704"];

interface Outcome {
  readonly name: string;
  readonly result: "loads" | "leaves names to the reader" | "is refused";
  readonly reason?: string;
}

let refused = false;
for (const folder of Deno.args) {
  for (const outcome of await loadAll(folder)) {
    const { name, result, reason } = outcome;
    console.log(`${name}: ${result}${reason ? ` (${reason})` : ""}`);
    if (result === "is refused" && name.endsWith(".sql")) refused = true;
  }
}
Deno.exit(refused ? 1 : 0);

async function loadAll(folder: string): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const files = await Array.fromAsync(
    walk(folder, { includeDirs: false, exts: ["sql", "md", "mdx"], skip: [/fixtures/, /\.git/] }),
  );
  const paths = files.map(({ path }) => path).sort();
  const migrations = Map.groupBy(paths.filter((path) => path.endsWith(".sql")), dirname);
  for (const [place, scripts] of migrations) {
    // What has no time in its name makes the tables that the others go on with.
    scripts.sort((a, b) => Number(isDated(a)) - Number(isDated(b)));
    const names = scripts.map((path) => join(relative(folder, place), basename(path)));
    outcomes.push(...await load(names, scripts, ["db", "import"]));
  }
  for (const path of paths.filter((path) => !path.endsWith(".sql"))) {
    outcomes.push(...await loadDocument(relative(folder, path), await Deno.readTextFile(path)));
  }
  return outcomes;
}

function isDated(path: string): boolean {
  return /^\d{14}/.test(basename(path));
}

async function loadDocument(name: string, text: string): Promise<Outcome[]> {
  const blocks = [...text.matchAll(/^([ \t]*)```sql[^\n]*\n(.*?)^\1```/gms)].map(([, , sql]) =>
    sql!
  );
  if (blocks.length === 0) return [];
  const folder = await Deno.makeTempDir();
  try {
    const paths = blocks.map((_, index) => join(folder, `${index + 1}.sql`));
    await Promise.all(paths.map((path, index) => Deno.writeTextFile(path, blocks[index]!)));
    const names = paths.map((_, index) => `${name} ${index + 1}`);
    return await load(names, paths, ["db", "query", "--file"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Runs files against one new backend, one after the other. */
async function load(names: string[], paths: string[], command: string[]): Promise<Outcome[]> {
  const home = await Deno.makeTempDir();
  const outcomes: Outcome[] = [];
  try {
    await insforge(home, ["local", "start", "--json"]);
    for (const [index, path] of paths.entries()) {
      const { code, error } = await insforge(home, [...command, path, "--json"]);
      const result = code === 0
        ? "loads"
        : MISSING_NAMES.includes(error?.sqlstate)
        ? "leaves names to the reader"
        : "is refused";
      outcomes.push({ name: names[index]!, result, reason: error?.message });
    }
  } finally {
    await insforge(home, ["local", "stop"]);
    await Deno.remove(home, { recursive: true });
  }
  return outcomes;
}

async function insforge(home: string, args: string[]) {
  const env = { HOME: home, USERPROFILE: home };
  const command = new Deno.Command(EXECUTABLE, { args, cwd: home, env, stdin: "null" });
  const { code, stderr } = await command.output();
  if (code === 0) return { code };
  const { error: message, details } = JSON.parse(new TextDecoder().decode(stderr));
  return { code, error: { message, sqlstate: details?.sqlstate } };
}
