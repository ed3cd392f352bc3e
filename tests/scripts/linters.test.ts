/** What Deno and ShellCheck do not know: workflows, the action, PowerShell, the Dockerfile. */
import { assertEquals, assertMatch } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { describe, it } from "@std/testing/bdd";
import { has, run } from "../support/program.ts";
import { withFolder } from "../support/temporary.ts";

const ROOT = fromFileUrl(new URL("../../", import.meta.url));
const SOURCE = `${ROOT}scripts/linters`;

/** The script in a folder with what package-lock.json pins, fetched once; undefined without npm. */
async function linters(): Promise<string | undefined> {
  if (!has("npm") || Deno.build.os === "windows") return undefined;
  const names = ["package.json", "package-lock.json", "lint.mjs"];
  const texts = await Promise.all(names.map((name) => Deno.readTextFile(`${SOURCE}/${name}`)));
  const bytes = new TextEncoder().encode(texts.join(""));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
  const folder = `${ROOT}.setup/linters-${digest.slice(0, 12)}`;
  if (await Deno.stat(folder).catch(() => undefined)) return `${folder}/lint.mjs`;
  const partial = `${folder}.${Deno.pid}`;
  await Deno.mkdir(partial, { recursive: true });
  for (const name of names) await Deno.copyFile(`${SOURCE}/${name}`, `${partial}/${name}`);
  const options = ["--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=0"];
  const { code } = await run("npm", ["ci", ...options], {
    cwd: partial,
    env: { HOME: Deno.env.get("HOME") ?? partial },
  });
  if (code === 0) await Deno.rename(partial, folder).catch(() => {});
  await Deno.remove(partial, { recursive: true }).catch(() => {});
  return code === 0 ? `${folder}/lint.mjs` : undefined;
}

const script = await linters();
if (!script) console.error("skipped: the linters cannot be fetched from npm");

async function problems(...paths: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await run("node", [script!, ...paths]);
  assertEquals([code, stderr], [0, ""]);
  return stdout.split("\n").filter(Boolean);
}

describe({ name: "linters", ignore: !script }, () => {
  it("find nothing in what is here", async () => {
    const workflows = [...Deno.readDirSync(`${ROOT}.github/workflows`)].map(({ name }) => name);
    const paths = [
      ...workflows.map((name) => `.github/workflows/${name}`),
      ".github/test_install.ps1",
      "scripts/action/action.yml",
      "scripts/install.ps1",
      "scripts/Dockerfile",
    ];
    assertEquals(await problems(...paths.map((path) => ROOT + path)), []);
  });

  it("find what is wrong", async () => {
    const wrong: Record<string, [text: string, found: RegExp]> = {
      "ci.yml": [
        "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n" +
        "      - run: echo ${{ githb.ref }}\n",
        /^ci\.yml:6: .*githb/m,
      ],
      "a.ps1": ["if ($a { 1 }\n", /^a\.ps1:1: unexpected/m],
      "Dockerfile": ["FROM debian:stable-slim\nENTRYPONT []\n", /^Dockerfile:2: Invalid line/m],
    };
    await withFolder(async (folder) => {
      const names = Object.keys(wrong);
      for (const name of names) await Deno.writeTextFile(`${folder}/${name}`, wrong[name]![0]);
      const said = (await problems(...names.map((name) => `${folder}/${name}`))).join("\n");
      for (const [, found] of Object.values(wrong)) assertMatch(said, found);
    });
  });
});
