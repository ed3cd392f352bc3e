import { assertEquals } from "@std/assert";
import { dirname } from "@std/path";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { startBackend, type TestBackend } from "../../support/backend.ts";
import { runInProcess } from "../../support/in_process.ts";
import { withFolder } from "../../support/temporary.ts";

let backend: TestBackend;

const pull = (cwd: string, ...args: string[]) =>
  runInProcess(["env", "pull", ...args], {
    cwd,
    env: { INSFORGE_BASE_URL: backend.url, INSFORGE_API_KEY: backend.apiKey },
  });

describe("env pull", () => {
  beforeAll(async () => {
    backend = await startBackend();
  });
  afterAll(() => backend.close());

  for (
    const [name, manifest, prefix] of [
      ["next", { dependencies: { next: "15", react: "19" } }, "NEXT_PUBLIC_"],
      ["vite", { devDependencies: { vite: "6" } }, "VITE_"],
      ["astro", { dependencies: { astro: "5", vite: "6" } }, "PUBLIC_"],
      ["sveltekit", { devDependencies: { "@sveltejs/kit": "2", vite: "6" } }, "PUBLIC_"],
      ["none", {}, ""],
    ] as const
  ) {
    it(`finds ${name} and names its variables so that the browser gets them`, async () => {
      await withFolder(async (cwd) => {
        await Deno.writeTextFile(`${cwd}/package.json`, JSON.stringify(manifest));
        const { code, stdout, stderr } = await pull(cwd, "--json");
        assertEquals(code, 0, stderr);
        assertEquals(JSON.parse(stdout).framework, name);
        const text = await Deno.readTextFile(`${cwd}/.env.local`);
        assertEquals(
          text,
          `${prefix}INSFORGE_URL=${backend.url}\n${prefix}INSFORGE_BASE_URL=${backend.url}\n` +
            `${prefix}INSFORGE_ANON_KEY=${backend.anonKey}\n`,
        );
        assertEquals(text.includes(backend.apiKey), false);
      });
    });
  }

  it("refuses what is no file in one sentence", async () => {
    if (Deno.build.os === "windows") return;
    await withFolder(async (cwd) => {
      await new Deno.Command("mkfifo", { args: [`${cwd}/.env.local`] }).output();
      const { code, stderr } = await pull(cwd, "--framework", "none");
      assertEquals([code, stderr.trim()], [1, `Error: ${cwd}/.env.local is not a file.`]);
    });
  });

  it("is about the app in whose folder it runs, below the linked one", async () => {
    await withFolder(async (root) => {
      const write = async (path: string, text: string) => {
        await Deno.mkdir(dirname(`${root}/${path}`), { recursive: true });
        await Deno.writeTextFile(`${root}/${path}`, text);
      };
      await write(".insforge/project.json", JSON.stringify({ project_id: "p", api_key: "k" }));
      await write("package.json", '{ "workspaces": ["apps/*"] }');
      await write("apps/web/package.json", '{ "devDependencies": { "vite": "6" } }');
      await write("apps/web/src/x.ts", "");
      await write("docs/x.md", "");
      const web = await pull(`${root}/apps/web/src`, "--json");
      assertEquals([web.code, JSON.parse(web.stdout).framework], [0, "vite"]);
      await Deno.stat(`${root}/apps/web/.env.local`);
      assertEquals((await pull(`${root}/docs`)).code, 0);
      await Deno.stat(`${root}/.env.local`);
    });
  });

  it("keeps what else is in the file, and replaces what is old", async () => {
    await withFolder(async (cwd) => {
      const old = "# mine\nexport VITE_INSFORGE_URL=http://old\nOTHER='a b'";
      await Deno.writeTextFile(`${cwd}/.env`, old);
      assertEquals((await pull(cwd, "--framework", "vite", "-o", ".env")).code, 0);
      assertEquals(
        await Deno.readTextFile(`${cwd}/.env`),
        `# mine\nexport VITE_INSFORGE_URL=${backend.url}\nOTHER='a b'\n` +
          `VITE_INSFORGE_BASE_URL=${backend.url}\nVITE_INSFORGE_ANON_KEY=${backend.anonKey}\n`,
      );
      assertEquals((await pull(cwd, "--framework", "rails")).code, 1);
    });
  });
});
