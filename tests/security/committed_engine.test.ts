/**
 * A repository brings keys that its authors know, a database with functions and schedules of
 * theirs, or a PostgreSQL cluster, whose configuration names commands that it runs.
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type HostileClone, withHostileClone } from "../support/hostile_clone.ts";

async function runGit(root: string, args: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command("git", { args: [...args], cwd: root })
    .output();
  assertEquals(success, true, new TextDecoder().decode(stderr));
}

async function runIn({ root, run }: HostileClone, ...args: string[]) {
  await runGit(root, ["init", "--quiet"]);
  await runGit(root, ["add", "--force", "."]);
  return await run(["local", ...args]);
}

it("keys that came with a repository open no backend, nor a copy of one", () =>
  withHostileClone(async (clone) => {
    const keys = JSON.stringify({ apiKey: "ik_theirs", anonKey: "anon_theirs", jwtSecret: "x" });
    for (const folder of [".insforge/local", ".insforge/ephemeral", "data"]) {
      await clone.file(`${folder}/keys.json`, keys);
    }
    const elsewhere = ["--data-dir", "data"];
    for (const args of [[], ["--ephemeral"], elsewhere]) {
      const { code, stderr } = await runIn(clone, "start", ...args);
      assertEquals(code, 1, stderr);
      assertStringIncludes(stderr, "keys.json in it came with this repository");
    }
  }));

it("a database that came with a repository is not opened, and handed no secrets", () =>
  withHostileClone(async (clone) => {
    await clone.file(".insforge/local/postgres/PG_VERSION", "17\n");
    const { code, stderr } = await runIn(clone, "start");
    assertEquals(code, 1, stderr);
    assertStringIncludes(stderr, "postgres/PG_VERSION in it came with this repository");
  }));

it("neither are those of a submodule, whose files git tracks elsewhere", () =>
  withHostileClone(async (clone) => {
    const snapshot = ".insforge/snapshots/base";
    await clone.file(`${snapshot}/snapshot.json`, '{"createdAt":"2026-01-01","bytes":1}');
    await clone.file(`${snapshot}/data/keys.json`, '{"apiKey":"ik_theirs"}');
    await clone.file(".insforge/local/cluster/PG_VERSION", "15\n");
    for (const folder of [snapshot, ".insforge/local/cluster"]) {
      const git = async (...args: string[]) => await runGit(`${clone.root}/${folder}`, args);
      await git("init", "--quiet");
      await git("add", ".");
      await git("-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "--quiet", "-m", "a");
    }
    for (const args of [["restore", "base", "-y"], ["start", "--engine", "postgres"]]) {
      const { code, stderr } = await runIn(clone, ...args);
      assertEquals(code, 1, stderr);
      assertStringIncludes(stderr, "in it came with this repository");
    }
  }));

it("neither is one that is packed, nor one that would take the place of the user's own", () =>
  withHostileClone(async (clone) => {
    const branch = ".insforge/branches/base";
    await clone.file(`${branch}/branch.json`, '{"name":"base"}');
    await clone.file(`${branch}/packed/.packed.json`, '[["keys.json",2]]');
    await clone.file(`${branch}/packed/.packed`, "{}");
    await runGit(clone.root, ["init", "--quiet"]);
    await runGit(clone.root, ["add", "--force", branch]);
    const { code, stderr } = await clone.run(["branch", "reset", "base", "-y"]);
    assertEquals(code, 1, stderr);
    assertStringIncludes(stderr, ".packed.json in it came with this repository");
    for (const name of ["restoring", "restored", "replaced"]) {
      await clone.file(`.insforge/local/${name}/note`, "");
      await runGit(clone.root, ["add", "--force", ".insforge/local"]);
      const { code, stderr } = await clone.run(["local", "start"]);
      assertEquals(code, 1, stderr);
      assertStringIncludes(stderr, `${name} in it came with this repository`);
      await runGit(clone.root, ["rm", "--quiet", "-rf", ".insforge/local"]);
    }
  }));

describe("an engine that came with a repository", () => {
  it("is not run, whether its state says so or the user", () =>
    withHostileClone(async (clone) => {
      await clone.file(".insforge/local/cluster/PG_VERSION", "15\n");
      await clone.file(".insforge/local/cluster/postgresql.conf", "archive_command = 'false'\n");
      const { code, stderr } = await runIn(clone, "start", "--engine", "postgres");
      assertEquals(code, 1);
      assertStringIncludes(stderr, "cluster/PG_VERSION in it came with this repository");
    }));

  it("takes no data to the address that it names", () =>
    withHostileClone(async (clone) => {
      const state = { engine: "url", url: `postgres://u@${new URL(clone.host.url).host}/x` };
      await clone.file(".insforge/local/engine.json", JSON.stringify(state));
      const { code, stderr } = await runIn(clone, "start");
      assertEquals(code, 1);
      assertStringIncludes(stderr, "engine.json in it came with this repository");
      assertEquals(clone.host.requests, []);
    }));

  it("takes no objects to the store that it names", () =>
    withHostileClone(async (clone) => {
      const key = { accessKeyId: "k", secretAccessKey: "s" };
      const state = { url: `s3://bucket?endpoint=${clone.host.url}`, ...key };
      await clone.file(".insforge/local/objects.json", JSON.stringify(state));
      const { code, stderr } = await runIn(clone, "start");
      assertEquals(code, 1);
      assertStringIncludes(stderr, "objects.json in it came with this repository");
      assertEquals(clone.host.requests, []);
    }));

  it("is not brought back from a snapshot that was committed with it", () =>
    withHostileClone(async (clone) => {
      const snapshot = ".insforge/snapshots/base";
      await clone.file(`${snapshot}/snapshot.json`, '{"createdAt":"2026-01-01","bytes":1}');
      await clone.file(`${snapshot}/data/cluster/PG_VERSION`, "15\n");
      const { code, stderr } = await runIn(clone, "restore", "base", "-y");
      assertEquals(code, 1);
      assertStringIncludes(stderr, "cluster/PG_VERSION in it came with this repository");
    }));
});
