/** A cloned repository whose links lead to what a command writes: a shell's start-up file. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { insforge } from "../support/executable.ts";
import { type HostileClone, withHostileClone } from "../support/hostile_clone.ts";

interface Attack {
  readonly title: string;
  plant(clone: HostileClone): Promise<void>;
  readonly commands: readonly (readonly string[])[];
  /** The attack is that it goes on, not that it fails. */
  readonly succeeds?: boolean;
}

const PAYLOAD = "payload-91";

const ATTACKS: readonly Attack[] = [
  {
    title: "the target of a file",
    async plant({ link }) {
      await link("backup.sql", ".bashrc");
      await link("nowhere.sql", ".profile");
    },
    commands: [
      ["db", "export", "-o", "backup.sql"],
      ["db", "types", "-o", "backup.sql"],
      ["db", "export", "-o", "nowhere.sql"],
      ["storage", "download", "k", "--bucket", "b", "-o", "backup.sql"],
    ],
  },
  {
    title: "a folder on the way to the target",
    plant: ({ link }) => link("out", "."),
    commands: [
      ["db", "types", "-o", "out/.bashrc"],
      ["storage", "download", ".bashrc", "--bucket", "b", "-o", "out"],
      ["storage", "download", "", "--bucket", "b", "-o", "out", "--recursive"],
      ["docs", "--man", "out"],
    ],
  },
  {
    title: "git's own settings",
    async plant({ link, root }) {
      await Deno.mkdir(`${root}/.git`);
      await Deno.writeTextFile(`${root}/.git/config`, "");
      await link("types.ts", `${root}/.git/config`);
    },
    commands: [["db", "types", "-o", "types.ts"]],
  },
  {
    title: "the name under which a target was made",
    async plant({ link }) {
      await link(".logo.png.insforge-partial", ".bashrc");
      await link(".logo.png.insforge-partial.etag", ".bashrc");
    },
    commands: [
      ["storage", "download", "logo.png", "--bucket", "b"],
      ["storage", "download", "logo.png", "--bucket", "b", "--resume"],
    ],
    succeeds: true,
  },
  {
    title: "a folder of the folder that is downloaded into",
    plant: ({ link }) => link("photos/a", "."),
    commands: [["storage", "download", "", "--bucket", "b", "-o", "photos", "--recursive"]],
  },
  {
    title: "the reference and its pages",
    async plant({ link }) {
      await link("man/reference.md", ".bashrc");
      await link("man/man1", ".");
    },
    commands: [["docs", "--man", "man"]],
  },
  {
    title: "the folder of the functions",
    plant: ({ link }) => link("insforge/functions", "."),
    commands: [["functions", "new", "hello"]],
  },
  {
    title: "the folder of the migrations",
    plant: ({ link }) => link("migrations", "."),
    commands: [
      ["db", "migrations", "new", "first"],
      ["db", "migrations", "fetch"],
      ["db", "diff", "--name", "first"],
    ],
  },
  {
    title: "the lock file of the functions",
    async plant({ file, link }) {
      await file("insforge/functions/hello/index.ts", "export default () => new Response();");
      await link("insforge/functions/deno.lock", ".bashrc");
    },
    commands: [["functions", "deploy", "hello", "--no-check"], ["functions", "serve"]],
  },
  {
    title: "a file of variables",
    plant: ({ link }) => link(".env.local", ".bashrc"),
    commands: [["env", "pull"], ["env", "pull", "--framework", "vite"]],
  },
  {
    title: "the files of other programs",
    async plant({ link }) {
      await link(".github", ".");
      await link(".gitlab-ci.yml", ".bashrc");
      await link("insforge.toml", ".bashrc");
      await link(".claude/skills/insforge", ".");
    },
    commands: [["ci", "init", "github"], ["ci", "init", "gitlab"], ["skill", "install"], [
      "config",
      "export",
    ]],
  },
];

/** A bucket whose objects go where the links are. */
function answer(target: string): Response {
  if (target.includes("/download-strategy/")) return Response.json({ method: "direct" });
  if (/objects\/./.test(target)) {
    return new Response(PAYLOAD, { headers: { etag: `"${PAYLOAD}"` } });
  }
  if (target.includes("/objects")) {
    const objects = ["a/.bashrc", ".bashrc"].map((key) => ({ key, size: PAYLOAD.length }));
    return Response.json({ data: objects, pagination: { total: 2 }, objects });
  }
  return Response.json({ rows: [], fields: [] });
}

/** What is in the home folder, with the contents of its files. */
async function listing(folder: string, below = ""): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(`${folder}/${below}`)) {
    const path = `${below}${name}`;
    if (isDirectory) found.push(path, ...await listing(folder, `${path}/`));
    else found.push(`${path}: ${await Deno.readTextFile(`${folder}/${path}`)}`);
  }
  return found.sort();
}

describe("a link of a cloned repository that would be written through", () => {
  for (const { title, plant, commands, succeeds = false } of ATTACKS) {
    it(`${title} changes nothing outside of it`, async () => {
      await withHostileClone(async (clone) => {
        await plant(clone);
        const before = await listing(clone.home);
        for (const args of commands) {
          const { code, stdout, stderr } = await clone.run(args);
          assertEquals(await listing(clone.home), before, args.join(" "));
          assertEquals(code === 0, succeeds, `${args.join(" ")}: ${code} ${stderr}`);
          if (!succeeds) assertStringIncludes(stdout + stderr, "is a link", args.join(" "));
        }
        const config = await Deno.readTextFile(`${clone.root}/.git/config`).catch(() => "");
        assertEquals(config, "");
      }, answer);
    });
  }

  it("a link to a file of the same folder is written through", async () => {
    await withHostileClone(async ({ file, link, root, run }) => {
      await file("out/real.ts", "old");
      await link("out/types.ts", `${root}/out/real.ts`);
      const args = ["storage", "download", "k", "--bucket", "b", "-o", "out/types.ts"];
      const { code, stderr } = await run(args);
      assertEquals(code, 0, stderr);
      assertEquals((await Deno.lstat(`${root}/out/types.ts`)).isSymlink, true);
      assertEquals(await Deno.readTextFile(`${root}/out/real.ts`), PAYLOAD);
    }, answer);
  });
});

/** Everything that the folder of the link and of the local backend holds. */
const IN_FOLDER = [
  ".insforge",
  ".insforge/project.json",
  ".insforge/project.cloud.json",
  ".insforge/local",
  ".insforge/local/keys.json",
  ".insforge/local/server.json",
  ".insforge/local/ports.json",
  ".insforge/local/lock",
  ".insforge/local/logs",
  ".insforge/local/logs/insforge.logs.jsonl",
  ".insforge/local/postgres",
  ".insforge/local/postgres/PG_VERSION",
  ".insforge/local/storage",
  ".insforge/local/storage/ab/abcdef",
  ".insforge/local/deployments/x",
];

describe("a link in .insforge", () => {
  for (const path of IN_FOLDER) {
    it(`at ${path} is refused by name, and nothing is done`, async () => {
      await withHostileClone(async ({ root, home, link, run }) => {
        if (path === ".insforge" || path.endsWith("project.json")) {
          await Deno.remove(`${root}/${path}`, { recursive: true });
        }
        await link(path, path.includes(".") ? ".bashrc" : ".");
        const before = await listing(home);
        const { code, stderr } = await run(["local", "start", "--port", "0"]);
        if (code === 0) await run(["local", "stop"]);
        assertEquals(code, 1);
        assertStringIncludes(stderr, `${root}/${path} is a link`);
        assertEquals(await listing(home), before);
        assertEquals((await Deno.lstat(`${root}/${path}`)).isSymlink, true);
      });
    });
  }

  for (
    const path of [
      ".insforge/branches/b",
      ".insforge/branches/b/data",
      ".insforge/branches/b/data/keys.json",
      ".insforge/snapshots/s/snapshot.json",
      ".insforge/snapshots/s/data",
      ".insforge/snapshots/s/data/postgres",
    ]
  ) {
    it(`at ${path} keeps what is kept there from being used`, async () => {
      await withHostileClone(async ({ root, home, link, run }) => {
        await link(path, path.includes(".json") ? ".bashrc" : ".");
        const before = await listing(home);
        const commands = path.includes("branches")
          ? [["branch", "switch", "b"], ["branch", "delete", "b", "-y"]]
          : [["local", "restore", "s", "-y"], ["local", "snapshots", "delete", "s", "-y"]];
        for (const args of commands) {
          const { code, stderr } = await run(args);
          assertEquals(code, 1, args.join(" "));
          assertStringIncludes(stderr, `${root}/${path} is a link`);
        }
        assertEquals(await listing(home), before);
      });
    });
  }

  it("of a data directory that is named is refused as well", async () => {
    await withHostileClone(async ({ root, link, run, read }) => {
      await link("data/logs/insforge.logs.jsonl", ".bashrc");
      await link("linked", ".");
      for (const folder of ["data", "linked"]) {
        const { code, stderr } = await run(["local", "start", "--data-dir", folder]);
        assertEquals(code, 1, folder);
        assertStringIncludes(stderr, `${root}/${folder}`);
        assertStringIncludes(stderr, "is a link");
      }
      assertEquals(await read(".bashrc"), "# mine\n");
    });
  });

  it("keeps every command with a backend from it", async () => {
    await withHostileClone(async ({ root, home, link, host, run }) => {
      await Deno.rename(`${root}/.insforge/project.json`, `${home}/project.json`);
      await link(".insforge/project.json", "project.json");
      for (const args of [["db", "tables"], ["secrets", "rotate", "api-key", "-y"], ["current"]]) {
        const { code, stderr } = await run(args);
        assertEquals(code, 1, args.join(" "));
        assertStringIncludes(stderr, "project.json is a link");
      }
      assertEquals(host.requests.length, 0);
    });
  });

  it("at .gitignore keeps a directory from being linked", async () => {
    await withHostileClone(async ({ root, home, host, link, read }) => {
      await link(".gitignore", ".bashrc");
      const args = ["link", "--api-base-url", host.url, "--api-key", "ik_x", "-y"];
      const { code, stderr } = await insforge(args, { cwd: root, env: { HOME: home } });
      assertEquals(code, 1);
      assertStringIncludes(stderr, ".gitignore is a link");
      assertEquals(await read(".bashrc"), "# mine\n");
    });
  });
});
