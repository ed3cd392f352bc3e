/** Packages of Debian and of Fedora, by their own tools. Neither may strip the executable. */
import { join } from "@std/path";
import { RELEASE_TIME } from "../archive.ts";
import type { ReleaseManifest } from "../manifest.ts";
import { HOMEPAGE, LICENSE, SUMMARY } from "./about.ts";
import { OWNERS, ownerText } from "./owners.ts";
import type { Owner } from "../../../src/releases/owner.ts";

const PROCESSORS = [
  { target: "x86_64-unknown-linux-gnu", deb: "amd64", rpm: "x86_64" },
  { target: "aarch64-unknown-linux-gnu", deb: "arm64", rpm: "aarch64" },
];
const MAINTAINER = "InsForge <info@insforge.dev>";
const DESCRIPTION = [
  "Tables, files, functions, secrets and deployments of an InsForge backend,",
  "in the cloud, self-hosted or the one that this program runs itself.",
];
/** What the linter finds, and why it is right. */
const OVERRIDES = [
  "# Its sections end where the program that it carries begins: to strip it destroys it.",
  "insforge: unstripped-binary-or-object [usr/lib/insforge/insforge]",
  "# Deno's runtime carries its libraries.",
  "insforge: embedded-library *",
  "# `insforge help` has it all.",
  "insforge: no-manual-page [usr/bin/insforge]",
  "# It is packaged by those who write it.",
  "insforge: initial-upload-closes-no-bugs *",
];

/**
 * Writes `insforge_ARCHITECTURE.deb` and `insforge.ARCHITECTURE.rpm` into a release's folder.
 * @returns their names
 */
export async function writeSystemPackages(
  folder: string,
  { version, targets }: ReleaseManifest,
): Promise<string[]> {
  const written: string[] = [];
  // Before a release in the order of both: 1.2.0~rc.1 comes before 1.2.0.
  const own = version.replaceAll("-", "~");
  for (const { target, deb, rpm } of PROCESSORS) {
    const archive = targets[target]?.archive;
    if (!archive) continue;
    const tarball = join(folder, archive.name);
    await inFolder(async (work) => {
      const file = `insforge_${deb}.deb`;
      await layOut(`${work}/root`, tarball, OWNERS.deb(file));
      await addDebian(`${work}/root`, own, deb);
      const options = ["--root-owner-group", "-Zxz", "-z3", "--build"];
      await tool("dpkg-deb", [...options, `${work}/root`, join(folder, file)]);
      written.push(file);
    });
    await inFolder(async (work) => {
      const file = `insforge.${rpm}.rpm`;
      await layOut(`${work}/root`, tarball, OWNERS.rpm(file));
      await Deno.writeTextFile(`${work}/insforge.spec`, specOf(own, `${work}/root`));
      // Without a place of its own, it makes a database in HOME.
      const places = [`_topdir ${work}/made`, `_dbpath ${work}/db`];
      const defined = places.flatMap((place) => ["--define", place]);
      const build = ["--target", rpm, ...defined, "-bb"];
      await tool("rpmbuild", [...build, `${work}/insforge.spec`]);
      const [made] = [...Deno.readDirSync(`${work}/made/RPMS/${rpm}`)];
      await Deno.copyFile(`${work}/made/RPMS/${rpm}/${made!.name}`, join(folder, file));
      written.push(file);
    });
  }
  return written;
}

/** The files of both kinds of package: `/usr/bin/insforge` leads to the executable. */
async function layOut(root: string, tarball: string, owner: Owner): Promise<void> {
  const library = `${root}/usr/lib/insforge`;
  await Deno.mkdir(library, { recursive: true });
  await Deno.mkdir(`${root}/usr/bin`);
  await tool("tar", ["-xzf", tarball, "-C", library, "insforge"]);
  await Deno.writeTextFile(`${library}/insforge.owner.json`, ownerText(owner) + "\n");
  await Deno.symlink("../lib/insforge/insforge", `${root}/usr/bin/insforge`);
}

async function addDebian(root: string, version: string, architecture: string): Promise<void> {
  const { size } = await Deno.stat(`${root}/usr/lib/insforge/insforge`);
  const documents = `${root}/usr/share/doc/insforge`;
  for (const folder of [`${root}/DEBIAN`, documents, `${root}/usr/share/lintian/overrides`]) {
    await Deno.mkdir(folder, { recursive: true });
  }
  await Deno.writeTextFile(
    `${root}/DEBIAN/control`,
    [
      "Package: insforge",
      `Version: ${version}`,
      `Architecture: ${architecture}`,
      `Maintainer: ${MAINTAINER}`,
      `Installed-Size: ${Math.ceil(size / 1024)}`,
      "Depends: libc6 (>= 2.27), libgcc-s1 | libgcc1",
      "Recommends: ca-certificates",
      "Section: database",
      "Priority: optional",
      `Homepage: ${HOMEPAGE}`,
      // Debian wants no article there.
      `Description: ${SUMMARY.replace(/^The /, "")}`,
      ...DESCRIPTION.map((line) => ` ${line}`),
      "",
    ].join("\n"),
  );
  await Deno.writeTextFile(
    `${documents}/copyright`,
    [
      "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/",
      "Upstream-Name: insforge",
      `Source: ${HOMEPAGE}`,
      "",
      "Files: *",
      "Copyright: 2026 InsForge",
      "License: Apache-2.0",
      " The whole text is in /usr/share/common-licenses/Apache-2.0.",
      "",
    ].join("\n"),
  );
  const changes = `insforge (${version}) stable; urgency=medium\n\n  * See ${HOMEPAGE}.\n\n` +
    ` -- ${MAINTAINER}  ${RELEASE_TIME.toUTCString().replace("GMT", "+0000")}\n`;
  await Deno.writeTextFile(`${documents}/changelog`, changes);
  await tool("gzip", ["-9n", `${documents}/changelog`]);
  await Deno.writeTextFile(
    `${root}/usr/share/lintian/overrides/insforge`,
    OVERRIDES.join("\n") + "\n",
  );
}

function specOf(version: string, root: string): string {
  return [
    "%global debug_package %{nil}",
    "# To strip the executable destroys it; nothing else is left for these steps to do.",
    "%global __os_install_post %{nil}",
    "%global _build_id_links none",
    "%global _binary_payload w3.xzdio",
    "%global use_source_date_epoch_as_buildtime 1",
    "%global clamp_mtime_to_source_date_epoch 1",
    "%global _buildhost insforge",
    "Name: insforge",
    `Version: ${version}`,
    "Release: 1",
    `Summary: ${SUMMARY}`,
    `License: ${LICENSE}`,
    `URL: ${HOMEPAGE}`,
    `Packager: ${MAINTAINER}`,
    "Group: Applications/Databases",
    "AutoReqProv: no",
    "Requires: glibc >= 2.27, libgcc",
    "",
    "%description",
    ...DESCRIPTION,
    "",
    "%install",
    `cp -a ${root}/. %{buildroot}/`,
    "",
    "%files",
    "/usr/bin/insforge",
    "/usr/lib/insforge",
    "",
  ].join("\n");
}

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "insforge-package-" });
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** @throws {Error} with what it says, when it fails or is not there */
async function tool(program: string, args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(program, {
    args,
    env: { SOURCE_DATE_EPOCH: String(RELEASE_TIME.getTime() / 1000) },
  }).output();
  if (!success) throw new Error(`${program}: ${new TextDecoder().decode(stderr)}`);
}
