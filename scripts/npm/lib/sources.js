"use strict";

const { manifest, release } = require("./cache.js");
const { failureOf, open } = require("./download.js");
const { Failure } = require("./failure.js");
const { openPackage } = require("./registry.js");

// Of the same release as scripts/install.sh and src/releases.ts.
const RELEASES = "https://github.com/InsForge/insforge-cli/releases";

/** Where the archive is, by the names that `INSFORGE_SOURCE` has for it. */
const SOURCES = { registry: openPackage, releases: openRelease };

/**
 * The sources in the order in which they are tried. A mirror that someone names is the only one,
 * unless an order is named as well.
 * @throws {Failure} when `INSFORGE_SOURCE` names something else
 */
function sourcesInOrder(env = process.env) {
  const order = env.INSFORGE_SOURCE ||
    (env.INSFORGE_DOWNLOAD_URL ? "releases" : "registry,releases");
  return order.split(",").map((name) => {
    const source = SOURCES[name.trim()];
    if (source) return source;
    throw new Failure(
      `INSFORGE_SOURCE must be registry, releases, or both with a comma, not ${order}.`,
    );
  });
}

async function openRelease() {
  const base = process.env.INSFORGE_DOWNLOAD_URL || RELEASES;
  const address = `${
    base.replace(/\/+$/, "")
  }/download/v${manifest.version}/${release().archive.name}`;
  if (!isAddress(address)) throw new Failure(`INSFORGE_DOWNLOAD_URL is no address: ${base}.`);
  const response = await open(address);
  return {
    name: address,
    stream: response,
    /** What went wrong on the way, if anything did. */
    failure() {
      if (!response.errored || response.complete) return undefined;
      return failureOf(response.errored, new URL(address).host);
    },
  };
}

function isAddress(text) {
  try {
    return /^https?:$/.test(new URL(text).protocol);
  } catch {
    return false;
  }
}

module.exports = { sourcesInOrder };
