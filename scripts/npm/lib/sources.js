"use strict";

const fs = require("fs");
const { Readable } = require("stream");
const { manifest } = require("./cache.js");
const { Failure } = require("./failure.js");
const { fetchPackage } = require("./npm.js");

// Of the same release as scripts/install.sh and src/releases.ts.
const RELEASES = "https://github.com/InsForge/insforge-cli/releases";

/** This platform's package, which holds the archive. */
const PLATFORM = `${process.platform}-${process.arch}`;

/**
 * What opens the package, by the names that `INSFORGE_SOURCE` has for where it is. Each is given a
 * folder that it may use, and a signal that ends it.
 */
const SOURCES = { registry: fromRegistry, releases: fromReleases };

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

async function fromRegistry(folder, signal) {
  const name = `@insforge/cli-${PLATFORM}@${manifest.version}`;
  return { name, stream: fs.createReadStream(await fetchPackage(name, folder, signal)) };
}

async function fromReleases(folder, signal) {
  const base = (process.env.INSFORGE_DOWNLOAD_URL || RELEASES).replace(/\/+$/, "");
  const file = `insforge-cli-${PLATFORM}-${manifest.version}.tgz`;
  const name = `${base}/download/v${manifest.version}/${file}`;
  if (!/^https?:\/\/[^/]/i.test(name)) {
    throw new Failure(`INSFORGE_DOWNLOAD_URL is no address: ${base}.`);
  }
  // Node's own fetch goes through no proxy, unless a newer one is told to.
  if (isBehindProxy(process.env)) {
    return { name, stream: fs.createReadStream(await fetchPackage(name, folder, signal)) };
  }
  const { host, pathname } = new URL(name);
  const response = await fetch(name, { signal }).catch(({ message, cause }) => {
    const reason = cause?.message || cause?.code || message;
    throw new Failure(`Cannot reach ${host}: ${reason}.`, { mayPass: true });
  });
  if (response.ok) return { name, stream: Readable.fromWeb(response.body) };
  await response.body?.cancel();
  const mayPass = [408, 429].includes(response.status) || response.status >= 500;
  throw new Failure(`${host} answers ${response.status} to ${pathname}.`, { mayPass });
}

function isBehindProxy(env) {
  const names = /^(https?_proxy|npm_config_(https_)?proxy)$/i;
  return !env.NODE_USE_ENV_PROXY &&
    Object.keys(env).some((name) => names.test(name) && env[name] && env[name] !== "null");
}

module.exports = { sourcesInOrder };
