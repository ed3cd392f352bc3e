import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { beforeAll, describe, it } from "@std/testing/bdd";
import { writeTarGz, writeTarXz, writeZip } from "../../scripts/release/archive.ts";
import { checksumsOf, describeFile, type ReleaseManifest } from "../../scripts/release/manifest.ts";
import { notesOf } from "../../scripts/release/notes.ts";
import { nodePlatform } from "../../scripts/release/npm_packages.ts";
import { TARGETS } from "../../scripts/release/targets.ts";
import { RELEASES } from "../../src/releases/manifest.ts";
import { has, run } from "../support/program.ts";
import { buildRelease, RELEASE } from "../support/releases.ts";
import { withFolder } from "../support/temporary.ts";

const ROOT = fromFileUrl(new URL("../../", import.meta.url));

const isWindows = Deno.build.os === "windows";
const UNPACK: Record<string, string> = { gz: "gzip -dc", xz: "xz -dc" };

describe("a release", () => {
  let manifest: ReleaseManifest;
  beforeAll(async () => {
    manifest = await buildRelease();
  });

  it("has an archive, small enough, whose digest the manifest and SHA256SUMS tell", async () => {
    const { archive, executable } = manifest.targets[Deno.build.target]!;
    assertEquals(archive.name, `insforge-${manifest.version}-${Deno.build.target}.tar.gz`);
    assertEquals(await describeFile(`${RELEASE}/${archive.name}`), archive);
    assert(executable.size <= 125e6, `${executable.size} bytes`);
    // With PostgreSQL's extensions and the bundler of functions, which are packed already.
    assert(archive.size <= 46e6, `${archive.size} bytes compressed`);
    assertEquals(await Deno.readTextFile(`${RELEASE}/SHA256SUMS`), checksumsOf(manifest));
  });

  it("holds the executable, which runs, and the license", async () => {
    await withFolder(async (folder) => {
      const { archive, executable } = manifest.targets[Deno.build.target]!;
      await run("tar", ["-xzf", `${RELEASE}/${archive.name}`, "-C", folder]);
      assertEquals(await describeFile(`${folder}/insforge`), executable);
      const { stdout } = await run(`${folder}/insforge`, ["--version"]);
      assertEquals(stdout, `${manifest.version}\n`);
      assertEquals((await Deno.stat(`${folder}/LICENSE`)).isFile, true);
    });
  });

  it({ name: "holds the same as .tar.xz", ignore: isWindows || !has("xz") }, async () => {
    const { archive, xz } = manifest.targets[Deno.build.target]!;
    assertEquals(xz!.name, archive.name.replace(/gz$/, "xz"));
    assertEquals(await describeFile(`${RELEASE}/${xz!.name}`), xz);
    const unpacked = async (name: string) => {
      const { stdout } = await run("sh", [
        "-c",
        `${UNPACK[name.slice(-2)]} "$1" | sha256sum`,
        "-",
        name,
      ], {
        cwd: RELEASE,
      });
      return stdout;
    };
    assertEquals(await unpacked(xz!.name), await unpacked(archive.name));
  });

  it("has in npm's package first the archive, and in that first the executable", async () => {
    const { archive, executable } = manifest.targets[Deno.build.target]!;
    const { os, cpu } = nodePlatform(Deno.build.target);
    const tarball = `${RELEASE}/packages/insforge-cli-${os}-${cpu}-${manifest.version}.tgz`;
    const inPackage = await run("tar", ["-tzf", tarball]);
    assertEquals(inPackage.stdout.split("\n")[0], `package/${archive.name}`);
    const inArchive = await run("tar", ["-tzf", `${RELEASE}/${archive.name}`]);
    assertEquals(inArchive.stdout.split("\n")[0], executable.name);
  });

  it("is fetched from one place by everything that fetches it", async () => {
    for (const name of ["install.sh", "install.ps1", "npm/lib/sources.js"]) {
      const [address] = /https:\/\/github\.com\/[^'"}\s]+/.exec(
        await Deno.readTextFile(`${ROOT}scripts/${name}`),
      )!;
      assertEquals(address, RELEASES, name);
    }
  });

  it({
    name: "is not made for another platform on a closed network",
    ignore: Deno.env.get("INSFORGE_NETWORK") !== "closed",
  }, async () => {
    const env = { INSFORGE_NETWORK: "closed" };
    const foreign = TARGETS.find((target) => target !== Deno.build.target)!;
    for (const args of [["--all"], ["--target", foreign]]) {
      const { code, stderr } = await run(`${ROOT}scripts/build`, args, { env });
      assertEquals(code, 1);
      assertMatch(stderr, /^Compiling for \S+ needs an open network, .*\.\n$/);
    }
    const { code, stderr } = await run(`${ROOT}scripts/build`, ["--target", "vax"], { env });
    assertEquals(code, 1);
    assertMatch(stderr, /^--target needs one of x86_64-unknown-linux-gnu, .*\.\n$/);
  });
});

describe("what a release says of itself", () => {
  it("is its section of the changelog", () => {
    const changelog = "# Changes\n\n## [Unreleased]\n\n## [1.2.0] - 2026-01-02\n\n### Added\n\n" +
      "- One.\n\n## [1.1.0]\n\n- Two.\n";
    assertEquals(notesOf(changelog, "1.2.0"), "### Added\n\n- One.\n");
    assertEquals(notesOf(changelog, "1.1.0"), "- Two.\n");
    for (const version of ["Unreleased", "1.2", "9.9.9"]) {
      assertThrows(() => notesOf(changelog, version), Error, `tells nothing of ${version}`);
    }
  });
});

describe("archives", () => {
  it("of the same files are the same bytes, with a time of their own", async () => {
    await withFolder(async (folder) => {
      const parts = [{ name: "insforge", bytes: new Uint8Array(100_000), mode: 0o755 as const }];
      const writeXz: typeof writeTarGz = (path, parts) => writeTarXz(path, parts, 6);
      const kinds: [typeof writeTarGz, string][] = [[writeTarGz, "tar.gz"], [writeZip, "zip"]];
      if (has("xz")) kinds.push([writeXz, "tar.xz"]);
      for (const [write, ending] of kinds) {
        const made: Uint8Array[] = [];
        for (const name of ["a", "b"]) {
          await write(`${folder}/${name}.${ending}`, parts);
          made.push(await Deno.readFile(`${folder}/${name}.${ending}`));
        }
        assertEquals(made[0], made[1], ending);
      }
      // The local header's time and date: 1 January 1980, midnight.
      const zip = await Deno.readFile(`${folder}/a.zip`);
      assertEquals([...zip.subarray(10, 14)], [0, 0, 0x21, 0]);
      const { stdout } = await run("tar", ["-tvf", `${folder}/a.tar.gz`], { env: { TZ: "UTC" } });
      assertMatch(stdout, /^-rwxr-xr-x 0\/0 +100000 1980-01-01 00:00 insforge\n$/);
    });
  });
});
