import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { walk } from "@std/fs/walk";
import { dirname, fromFileUrl, join, relative } from "@std/path";
import { beforeAll, describe, it } from "@std/testing/bdd";
import { withFolder } from "../support/temporary.ts";

const root = fromFileUrl(new URL("../..", import.meta.url));
const page = await Deno.readTextFile(join(root, "docs/adding-a-command.md"));

/** What the page says to do with a piece of code, in the comment above it. */
const STEP =
  /<!-- (new file|append to|insert into) (\S+)(?: above "(.*)")? -->\n\n```ts\n([^]*?)```\n/g;

/** A checkout of its own, which shares what was fetched. */
async function copyCheckout(folder: string): Promise<void> {
  for (const file of ["main.ts", "deno.json", "deno.lock"]) {
    await Deno.copyFile(join(root, file), join(folder, file));
  }
  for (const part of ["src", "scripts", "tests/support", "tests/real"]) {
    for await (const { path } of walk(join(root, part), { includeDirs: false })) {
      const target = join(folder, relative(root, path));
      await Deno.mkdir(dirname(target), { recursive: true });
      await Deno.copyFile(path, target);
    }
  }
  await Deno.symlink(join(root, ".setup"), join(folder, ".setup"), { type: "dir" });
}

/** Does what the page says, and answers the files that it touched. */
async function follow(folder: string): Promise<string[]> {
  const touched: string[] = [];
  for (const [, what, file, mark, code] of page.matchAll(STEP)) {
    const path = join(folder, file!);
    if (what === "new file") {
      await Deno.mkdir(dirname(path), { recursive: true });
      await Deno.writeTextFile(path, code!, { createNew: true });
    } else {
      const text = await Deno.readTextFile(path);
      const place = mark ? text.indexOf(JSON.parse(`"${mark}"`)) : text.length;
      assert(place >= 0, `${file} has no ${mark}`);
      const gap = mark ? "" : "\n";
      await Deno.writeTextFile(path, text.slice(0, place) + gap + code + text.slice(place));
    }
    touched.push(file!);
  }
  return touched;
}

async function deno(folder: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command("sh", {
    args: ["scripts/deno", ...args],
    cwd: folder,
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const said = new TextDecoder().decode(stdout);
  assert(success, `${args.join(" ")}:\n${said}${new TextDecoder().decode(stderr)}`);
  return said;
}

describe("who follows docs/adding-a-command.md", () => {
  let touched: string[];
  let options: string;
  let tests: string;
  let help: string;
  let schema: string;

  beforeAll(() =>
    withFolder(async (folder) => {
      await copyCheckout(folder);
      touched = await follow(folder);
      await deno(folder, "fmt", ...touched);
      await deno(folder, "lint", ...touched);
      await deno(folder, "run", "--allow-all", "scripts/value_options.ts");
      options = await Deno.readTextFile(join(folder, "src/invocation/value_options.ts"));
      const test = touched.find((path) => path.endsWith(".test.ts"))!;
      tests = await deno(folder, "test", "--allow-all", test);
      const program = ["run", "--allow-all", "main.ts"];
      help = await deno(folder, ...program, "db", "count", "--help");
      schema = await deno(folder, ...program, "schema", "db", "count");
    })
  );

  it("writes a command, its declaration and its test", () => {
    assertEquals(touched.length, 7);
    assertStringIncludes(tests, "0 failed");
  });

  it("finds it in the help, and its option known to the launcher", () => {
    assertStringIncludes(help, "Usage: insforge db count <table> [options]");
    assertStringIncludes(options, `"--least"`);
  });

  it("publishes what it answers", () => {
    assertEquals(Object.keys(JSON.parse(schema).properties), ["table", "rows"]);
  });
});
