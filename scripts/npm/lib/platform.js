"use strict";

const fs = require("fs");
const { Failure } = require("./failure.js");
const { manifest, release, target } = require("./cache.js");

const OLDEST_GLIBC = [2, 27];
/** glibc's own, where programs look for it. */
const LOADERS = { x64: "/lib64/ld-linux-x86-64.so.2", arm64: "/lib/ld-linux-aarch64.so.1" };

/** @throws {Failure} where the executable cannot run. */
function requirePlatform() {
  if (!release()) {
    const known = Object.keys(manifest.targets).join(", ");
    throw new Failure(
      `There is no executable of version ${manifest.version} for ${target()}, only for ${known}.`,
    );
  }
  if (process.platform === "linux") requireGlibc(glibcVersion());
}

/** @throws {Failure} where there is no glibc (undefined) or an old one. */
function requireGlibc(version) {
  const needed = `insforge needs glibc ${OLDEST_GLIBC.join(".")} or newer`;
  if (!version) {
    throw new Failure(
      `${needed}, and this system has another C library, such as the musl of Alpine: ` +
        "take an image of Debian, or add glibc as docs/install.md of insforge-cli shows.",
    );
  }
  const [major, minor] = version.split(".").map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_GLIBC;
  if (major < oldestMajor || (major === oldestMajor && minor < oldestMinor)) {
    throw new Failure(`${needed}, and this system has ${version}.`);
  }
}

/** The glibc that Node runs with, or the one that was added beside the musl that it runs with. */
function glibcVersion() {
  const own = process.report?.getReport().header.glibcVersionRuntime;
  return own ?? (fs.existsSync(LOADERS[process.arch]) ? OLDEST_GLIBC.join(".") : undefined);
}

module.exports = { requireGlibc, requirePlatform };
