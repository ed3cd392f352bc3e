/** Folders with keys in them, published or uploaded by somebody who did not think of that. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { dirname } from "@std/path";
import { describe, it } from "@std/testing/bdd";
import { insforge } from "../support/executable.ts";
import { linkedTo, stubServer } from "../support/stub_server.ts";
import { withFolder } from "../support/temporary.ts";

const PRIVATE = [
  "id_rsa",
  "id_ed25519.pub",
  "key.pem",
  "tls/server.key",
  "store.p12",
  "App.PFX",
  ".npmrc",
  ".netrc",
  ".htpasswd",
  ".htaccess",
  ".git-credentials",
  ".bash_history",
  "credentials.json",
  "secring.gpg",
  "service-account-prod.json",
  "terraform.tfstate",
  ".aws/config",
  ".ssh/config",
  ".docker/config.json",
];
const PUBLIC = ["index.html", "id_card.png", "keys.html", "monkey.js", "credentials/index.html"];
const DATA = ["backup/lock", "backup/keys.json", "backup/postgres/PG_VERSION"];

async function withSite(work: (cwd: string) => Promise<void>): Promise<void> {
  await withFolder(async (cwd) => {
    for (const path of [...PRIVATE, ...PUBLIC, ...DATA]) {
      await Deno.mkdir(dirname(`${cwd}/${path}`), { recursive: true });
      await Deno.writeTextFile(`${cwd}/${path}`, "x");
    }
    await work(cwd);
  });
}

async function gzipped(text: string): Promise<Uint8Array> {
  const packed = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}

/** What is told of: a folder with all that is in it. */
const TOLD = PRIVATE.map((path) => path.replace(/^(\.aws|\.ssh|\.docker)\/.*/, "$1/"));

/** What a deployment of a folder would publish, what it leaves out, and what it says of that. */
async function plan(cwd: string, ...args: string[]) {
  const all = ["deployments", "deploy", ".", "--dry-run", "--json", ...args];
  const { stdout, stderr } = await insforge(all, { cwd });
  const { files, privateFiles } = JSON.parse(stdout);
  return [files.map(({ path }: { path: string }) => path), privateFiles, stderr];
}

describe("files that hold keys", () => {
  it("are not published, and told", async () => {
    await withSite(async (cwd) => {
      const args = ["deployments", "deploy", ".", "--dry-run", "--json"];
      const { code, stdout, stderr } = await insforge(args, { cwd });
      assertEquals(code, 0, stderr);
      const plan = JSON.parse(stdout);
      const paths = plan.files.map(({ path }: { path: string }) => path);
      assertEquals(paths.sort(), [...PUBLIC].sort());
      assertEquals([...plan.privateFiles].sort(), [...TOLD, "backup/"].sort());
      for (const path of [...TOLD, "backup/"]) assertStringIncludes(stderr, path);
    });
  });

  it("are published where they are named, and only those", async () => {
    await withSite(async (cwd) => {
      const named = ["--include", ".htaccess", "--include=tls"];
      const args = ["deployments", "deploy", ".", "--dry-run", "--json", ...named];
      const { stdout } = await insforge(args, { cwd });
      const paths = JSON.parse(stdout).files.map(({ path }: { path: string }) => path);
      assert(paths.includes(".htaccess") && paths.includes("tls/server.key"));
      assert(!paths.includes("id_rsa"));
      const wrong = [...args, "--include", "nothing.pem"];
      const { code, stderr } = await insforge(wrong, { cwd });
      assertEquals(code, 1);
      assertStringIncludes(stderr, "nothing.pem");
    });
  });

  it("are dumps of a database as well, by what they hold; what has such a name alone is told", async () => {
    const dumps = {
      "a.txt": "-- A complete dump of the database, for an empty one.\nCREATE TABLE a ();\n",
      "b.sql": "--\n-- PostgreSQL database dump\n--\n\n",
      "c.json": '{\n  "timestamp": "2026-01-01T00:00:00Z",\n  "tables": {}\n}\n',
    };
    await withFolder(async (cwd) => {
      for (const [name, text] of Object.entries(dumps)) {
        await Deno.writeTextFile(`${cwd}/${name}`, text);
      }
      await Deno.writeFile(`${cwd}/d.sql.gz`, await gzipped(dumps["a.txt"] + "x".repeat(9000)));
      await Deno.writeTextFile(`${cwd}/lesson.sql`, "select 1;\n");
      await Deno.writeTextFile(`${cwd}/index.html`, "-- PostgreSQL database dump");
      const [paths, left, stderr] = await plan(cwd);
      assertEquals(paths, ["index.html", "lesson.sql"]);
      assertEquals(left, [...Object.keys(dumps), "d.sql.gz"]);
      assertStringIncludes(stderr, "dumps of a database: a.txt, b.sql, c.json, d.sql.gz.");
      assertStringIncludes(stderr, "can read lesson.sql.");
      const [named, , quiet] = await plan(cwd, "--include", "b.sql", "--include", "lesson.sql");
      assertEquals(named, ["b.sql", "index.html", "lesson.sql"]);
      assert(!quiet.includes("can read"));
    });
  });

  it("are private keys under any name, and PostgreSQL's data; a public key is for everybody", async () => {
    const [begin, armored] = [["PRIVATE", "KEY"], ["PRIVATE", "KEY", "BLOCK"]].map((words) =>
      words.join(" ")
    );
    const keys = {
      "deploykey": `-----BEGIN OPENSSH ${begin}-----\nb3Blb\n`,
      "mail.asc": `-----BEGIN PGP ${armored}-----\n\nlQ\n`,
      "putty.txt": "PuTTY-User-Key-File-3: ssh-ed25519\r\n",
      "readme.txt": `\ufeff\n-----BEGIN ${begin}-----\nMII\n`,
      "rsa": `-----BEGIN RSA ${begin}-----\nMII\n`,
    };
    const others = {
      "app.sqlite": "SQLite format 3",
      "app.sqlite-wal": "",
      "base/PG_VERSION.html": "x",
      "how.md": `A key begins so:\n\n-----BEGIN ${begin}-----\n`,
      "index.html": "x",
      "public.asc": "-----BEGIN PGP PUBLIC KEY BLOCK-----\n",
    };
    await withFolder(async (cwd) => {
      await Deno.mkdir(`${cwd}/base`);
      await Deno.mkdir(`${cwd}/pgdata/base`, { recursive: true });
      await Deno.writeTextFile(`${cwd}/pgdata/PG_VERSION`, "15\n");
      for (const [name, text] of Object.entries({ ...keys, ...others })) {
        await Deno.writeTextFile(`${cwd}/${name}`, text);
      }
      const [paths, left, stderr] = await plan(cwd);
      assertEquals(paths, Object.keys(others));
      assertEquals(left, [...Object.keys(keys), "pgdata/"].sort());
      assertStringIncludes(stderr, "keys or passwords: deploykey, mail.asc, pgdata/, putty.txt,");
      assertStringIncludes(stderr, "can read app.sqlite, app.sqlite-wal.");
      const [named] = await plan(cwd, "--include", "rsa", "--include", "pgdata");
      assert(named.includes("rsa") && named.includes("pgdata/PG_VERSION"));
    });
  });

  it("are not published as the folder that is named", async () => {
    await withSite(async (cwd) => {
      for (const folder of ["backup", ".ssh", ".aws"]) {
        const args = ["deployments", "deploy", folder, "--dry-run"];
        const { code, stderr } = await insforge(args, { cwd });
        assertEquals(code, 1, folder);
        assertStringIncludes(stderr, "must not be published");
      }
    });
  });

  it("are not uploaded with their folder, and told; one that is named is", async () => {
    await using server = stubServer(({ target }) =>
      target.includes("upload-strategy")
        ? Response.json({ method: "direct", key: "k", uploadUrl: "/api/storage/x" })
        : Response.json({ key: "k", size: 1 })
    );
    await withSite(async (cwd) => {
      const upload = (...args: string[]) =>
        insforge(["storage", "upload", "--bucket", "b", ...args], { cwd, env: linkedTo(server) });
      const { stdout, stderr } = await upload(".", "--recursive", "--json");
      const answer = JSON.parse(stdout);
      assertEquals(answer.results.length, PUBLIC.length);
      for (const path of [...TOLD, "backup/"]) {
        assertStringIncludes(stderr, path);
        assert(answer.leftOut.some((name: string) => name.endsWith(path)), path);
      }
      assertEquals((await upload("id_rsa")).code, 0);
    });
  });
});
