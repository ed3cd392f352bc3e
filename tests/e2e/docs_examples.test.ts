import { assert, assertEquals } from "@std/assert";
import { dirname } from "@std/path";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { EXECUTABLE, insforge } from "../support/executable.ts";

/** What the examples expect to lie in the directory. */
const FILES: Readonly<Record<string, string>> = {
  "ada.png": "\x89PNG\r\n\x1a\n",
  "dist/index.html": "<!doctype html><title>x</title>",
};

/** Lines that need the network, or what a project of one's own has. */
const ELSEWHERE = /^(npm|adb) .*$/gm;

describe({
  name: "the examples of the local backend's documentation",
  ignore: Deno.build.os === "windows",
  fn() {
    let cwd: string;
    const run = (...args: string[]) => insforge(args, { cwd });
    const page = async (...words: string[]) => (await run("docs", ...words)).stdout;

    beforeAll(async () => {
      cwd = await Deno.makeTempDir({ prefix: "insforge-examples-" });
      for (const [name, content] of Object.entries(FILES)) {
        await Deno.mkdir(dirname(`${cwd}/${name}`), { recursive: true });
        await Deno.writeTextFile(`${cwd}/${name}`, content);
      }
      assertEquals((await run("local", "start", "--port", "0")).code, 0);
    });
    afterAll(async () => {
      await run("local", "stop");
      await Deno.remove(cwd, { recursive: true });
    });

    for (const feature of ["db", "auth", "storage", "functions"]) {
      it(`those of ${feature} run in a shell, as they stand`, async () => {
        const content = await page(feature, "rest-api");
        await writeFiles(content, cwd);
        const { code, output } = await shell(blocks(content, "sh"), cwd);
        assertEquals(code, 0, output);
      });
    }

    it("those of deployment run in a shell, as they stand", async () => {
      const { code, output } = await shell(blocks(await page("deployment"), "sh"), cwd);
      assertEquals(code, 0, output);
    });
  },
});

/** The code blocks of a language, in order. */
function blocks(content: string, language: string): string[] {
  return [...content.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)]
    .filter(([, name]) => name === language).map(([, , text]) => text!);
}

/** A block whose first line is a comment with a path is that file. */
async function writeFiles(content: string, cwd: string): Promise<void> {
  for (const text of blocks(content, "ts")) {
    const [, path] = /^\/\/ (\S+\.ts)\n/.exec(text) ?? [];
    if (!path) continue;
    await Deno.mkdir(dirname(`${cwd}/${path}`), { recursive: true });
    await Deno.writeTextFile(`${cwd}/${path}`, text);
  }
}

/** Runs blocks as one script that ends at the first failure; curl fails where the answer does. */
async function shell(texts: string[], cwd: string): Promise<{ code: number; output: string }> {
  const script = texts.join("\n").replace(ELSEWHERE, "");
  assert(script.includes("insforge"));
  const { code, stdout, stderr } = await new Deno.Command("bash", {
    args: ["-euxo", "pipefail", "-c", `curl() { command curl --fail-with-body "$@"; }\n${script}`],
    cwd,
    clearEnv: true,
    env: { PATH: `${dirname(EXECUTABLE)}:${Deno.env.get("PATH")}` },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { code, output: decoder.decode(stdout) + decoder.decode(stderr) };
}
