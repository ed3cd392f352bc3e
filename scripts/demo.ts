/** A tour: the compiled program makes a table on its own backend, fills it and asks it. */
import { fromFileUrl } from "@std/path";

const EXECUTABLE = fromFileUrl(
  new URL(`../dist/insforge${Deno.build.os === "windows" ? ".exe" : ""}`, import.meta.url),
);

const folder = await Deno.makeTempDir({ prefix: "insforge-demo-" });
try {
  await tour();
} finally {
  await insforge(["local", "stop"], "null");
  await Deno.remove(folder, { recursive: true });
}

async function tour(): Promise<void> {
  await show("local", "start");
  await show(
    "db",
    "query",
    "CREATE TABLE posts (id serial PRIMARY KEY, title text NOT NULL, price numeric)",
  );
  await show(
    "db",
    "query",
    "INSERT INTO posts (title, price) VALUES ('Hello', 12.50), ('World', NULL)",
  );
  await show("db", "query", "SELECT * FROM posts ORDER BY id");
  await show("db", "query", "SELECT count(*) FROM posts", "--json");
  await show("db", "tables");
  await show("local", "stop");
}

/** Shows a command line as it would be typed, and what it prints. */
async function show(...args: string[]): Promise<void> {
  console.log(`\n$ insforge ${args.map(quote).join(" ")}`);
  const { code } = await insforge(args, "inherit");
  if (code !== 0) throw new Error(`insforge ${args.join(" ")} ended with ${code}`);
}

function insforge(args: string[], output: "inherit" | "null"): Promise<Deno.CommandStatus> {
  return new Deno.Command(EXECUTABLE, {
    args,
    cwd: folder,
    stdin: "null",
    stdout: output,
    stderr: output,
  }).spawn().status;
}

function quote(word: string): string {
  return /^[\w-]+$/.test(word) ? word : `"${word}"`;
}
