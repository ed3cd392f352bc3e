import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { writeTarGz } from "../../scripts/release/archive.ts";
import { channelFiles } from "../../scripts/release/channels/channels.ts";
import { writeSystemPackages } from "../../scripts/release/channels/system_packages.ts";
import { describeFile, type ReleaseManifest } from "../../scripts/release/manifest.ts";
import { releaseName, TARGETS } from "../../scripts/release/targets.ts";
import { has, run } from "../support/program.ts";
import { withFolder } from "../support/temporary.ts";

const VERSION = "1.2.0-rc.1";

/** What a release of all platforms has, with digests of its own for each file. */
function manifest(): ReleaseManifest {
  const file = (name: string) => ({ name, size: 1, sha256: digestOf(name) });
  const targets = Object.fromEntries(TARGETS.map((target) => {
    const base = releaseName(VERSION, target);
    const other = target.includes("windows")
      ? { zip: file(`${base}.zip`) }
      : { xz: file(`${base}.tar.xz`) };
    return [target, { archive: file(`${base}.tar.gz`), ...other, executable: file(base) }];
  }));
  return { version: VERSION, targets };
}

function digestOf(name: string): string {
  return [...new TextEncoder().encode(name)].map((byte) => byte.toString(16)).join("").slice(-64);
}

const files = channelFiles(manifest());
const textOf = (ending: string) => {
  const [path] = Object.keys(files).filter((path) => path.endsWith(ending));
  return files[path!]!;
};

/** Runs a linter over a text. */
async function lint(program: string, args: string[], name: string, text: string) {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/${name}`, text);
    const { code, stdout, stderr } = await run(program, [...args, name], { cwd: folder });
    assertEquals(code, 0, stdout + stderr);
  });
}

describe("the channels of a release", () => {
  it("name each platform's file of this version, with its digest", () => {
    const expected: Record<string, string[]> = {
      "insforge.rb": TARGETS.filter((target) => !target.includes("windows")),
      "insforge.json": TARGETS.filter((target) => target.includes("windows")),
      "installer.yaml": TARGETS.filter((target) => target.includes("windows")),
      "PKGBUILD": TARGETS.filter((target) => target.includes("linux")),
      "flake.nix": TARGETS.filter((target) => !target.includes("windows")),
    };
    const { targets } = manifest();
    for (const [ending, names] of Object.entries(expected)) {
      const text = textOf(ending);
      for (const target of TARGETS) {
        const { archive, zip, xz } = targets[target]!;
        const fetched = zip ?? xz ?? archive;
        const isThere = text.includes(`/download/v${VERSION}/${fetched.name}`) &&
          text.toLowerCase().includes(fetched.sha256);
        assertEquals(isThere, names.includes(target), `${ending}: ${target}`);
      }
    }
  });

  it({ name: "have a formula that Ruby reads", ignore: !has("ruby") }, async () => {
    await lint("ruby", ["-c"], "insforge.rb", textOf("insforge.rb"));
  });

  it("have manifests for Windows that are JSON and YAML", async () => {
    const scoop = JSON.parse(textOf("insforge.json"));
    assertEquals(Object.keys(scoop.architecture), ["64bit", "arm64"]);
    assertMatch(scoop.autoupdate.architecture.arm64.url, /v\$version\/insforge-\$version-aarch64/);
    const winget = Object.keys(files).filter((path) => path.startsWith("winget/"));
    assertEquals(winget.length, 3);
    for (const path of winget) {
      assertStringIncludes(files[path]!, `PackageVersion: "${VERSION}"\n`);
    }
    if (!has("python3")) return;
    const read = "import sys\ntry:\n import yaml\nexcept ImportError:\n sys.exit(0)\n" +
      "list(yaml.safe_load_all(open(sys.argv[1])))";
    const all = winget.map((path) => files[path]).join("---\n");
    await lint("python3", ["-c", read], "manifests.yaml", all);
  });

  it({ name: "have scripts that ShellCheck passes", ignore: !has("shellcheck") }, async () => {
    // A PKGBUILD sets variables and is given others.
    const args = ["--shell=bash", "--exclude=SC2034,SC2154,SC2164"];
    await lint("shellcheck", args, "PKGBUILD", textOf("PKGBUILD"));
    for (const name of ["list-all", "install"]) {
      await lint("shellcheck", [], name, textOf(`asdf/bin/${name}`));
    }
  });

  it({ name: "have a flake that Nix reads", ignore: !has("nix-instantiate") }, async () => {
    await lint("nix-instantiate", ["--parse"], "flake.nix", textOf("flake.nix"));
  });
});

/** A release of this program, for Linux on x86-64: what it holds is no executable. */
async function smallRelease(folder: string, text: string): Promise<ReleaseManifest> {
  const target = "x86_64-unknown-linux-gnu";
  const path = `${folder}/${releaseName(VERSION, target)}.tar.gz`;
  const bytes = new TextEncoder().encode(text);
  await writeTarGz(path, [{ name: "insforge", bytes, mode: 0o755 }]);
  const archive = await describeFile(path);
  return { version: VERSION, targets: { [target]: { archive, executable: archive } } };
}

describe({ name: "Linux's packages", ignore: !has("dpkg-deb") || !has("rpmbuild") }, () => {
  it("hold the executable as it is, a link to it, and who upgrades it", async () => {
    await withFolder(async (folder) => {
      const program = "#!/bin/sh\necho it runs\n";
      await writeSystemPackages(folder, await smallRelease(folder, program));
      await run("dpkg-deb", ["-x", `${folder}/insforge_amd64.deb`, `${folder}/deb`]);
      const { stdout: control } = await run("dpkg-deb", ["-f", `${folder}/insforge_amd64.deb`]);
      assertStringIncludes(control, "Version: 1.2.0~rc.1\n");
      const started = await run(`${folder}/deb/usr/bin/insforge`, []);
      assertEquals(started.stdout, "it runs\n");
      const owner = await Deno.readTextFile(`${folder}/deb/usr/lib/insforge/insforge.owner.json`);
      assertMatch(JSON.parse(owner).upgrade, /insforge_amd64\.deb && sudo apt-get install/);

      const rpm = [
        "-qp",
        "--nosignature",
        "--queryformat",
        "%{VERSION} %{ARCH}\\n[%{FILENAMES}\\n]",
      ];
      const { stdout } = await run("rpm", [...rpm, `${folder}/insforge.x86_64.rpm`], {
        env: { HOME: folder },
      });
      assertEquals(stdout.trim().split("\n"), [
        "1.2.0~rc.1 x86_64",
        "/usr/bin/insforge",
        "/usr/lib/insforge",
        "/usr/lib/insforge/insforge",
        "/usr/lib/insforge/insforge.owner.json",
      ]);
    });
  });
});
