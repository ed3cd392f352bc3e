"use strict";

const crypto = require("crypto");
const fs = require("fs");
const path = require("path");
const { PassThrough } = require("stream");
const { pipeline } = require("stream/promises");
const zlib = require("zlib");
const cache = require("./cache.js");
const { failureOf, open } = require("./download.js");
const { Failure } = require("./failure.js");
const { withLock } = require("./lock.js");
const { requirePlatform } = require("./platform.js");
const { FirstFile } = require("./unpack.js");

// Of the same release as scripts/install.sh and src/releases.ts.
const RELEASES = "https://github.com/InsForge/insforge-cli/releases";
const OWNER = { name: "npm", upgrade: "npm install --global insforge@latest" };
const TRIES = 3;
const PAUSE_MS = 250;
const STALE_MS = 30 * 24 * 60 * 60 * 1000;

/**
 * Fetches the executable of this version into a cache and answers its path.
 * @throws {Failure} when it cannot be had, whole and as this package describes it
 */
async function install() {
  requirePlatform();
  const folder = writableFolder();
  const target = path.join(cache.versionFolder(folder), cache.release().executable.name);
  return await withLock(`${cache.versionFolder(folder)}.lock`, async () => {
    // Another first run may have fetched it while this one waited.
    const found = cache.findExecutable();
    if (found) return found;
    await fetchInto(target);
    removeStale(folder);
    return target;
  });
}

/** The first cache that can be written. */
function writableFolder() {
  const folders = cache.cacheFolders();
  for (const folder of folders) {
    try {
      fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
      fs.accessSync(folder, fs.constants.W_OK);
      if (folder !== cache.temporaryFolder() || cache.isOwn(folder)) return folder;
    } catch {
      // The next one may do.
    }
  }
  throw new Failure(
    `Cannot write to ${folders.join(" or ")}: name a folder in INSFORGE_CACHE_DIR.`,
  );
}

async function fetchInto(target) {
  const base = process.env.INSFORGE_DOWNLOAD_URL || RELEASES;
  const { archive } = cache.release();
  const { version } = cache.manifest;
  const address = `${base.replace(/\/+$/, "")}/download/v${version}/${archive.name}`;
  if (!isAddress(address)) {
    throw new Failure(`INSFORGE_DOWNLOAD_URL is no address: ${base}.`);
  }
  fs.mkdirSync(path.dirname(target), { recursive: true });
  const partial = `${target}.${process.pid}.partial`;
  // Nothing stays behind when this is interrupted.
  const stop = (signal) => {
    discard(partial);
    fs.rmSync(`${path.dirname(target)}.lock`, { force: true });
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) process.on(signal, stop);
  try {
    await retried(() => fetchOnce(address, partial));
    fs.chmodSync(partial, 0o755);
    // `insforge upgrade` leaves to npm what npm brought.
    const { mtimeMs } = fs.statSync(partial);
    const owner = path.join(path.dirname(target), cache.OWNER_FILE);
    fs.writeFileSync(owner, JSON.stringify({ ...OWNER, mtimeMs }));
    fs.renameSync(partial, target);
  } catch (error) {
    discard(partial);
    if (error.code === "ENOSPC") throw new Failure(`The disk of ${target} is full.`);
    throw error;
  } finally {
    for (const signal of signals) process.removeListener(signal, stop);
  }
}

/** Removes what was begun, and its folder unless something else is in it. */
function discard(partial) {
  fs.rmSync(partial, { force: true });
  try {
    fs.rmdirSync(path.dirname(partial));
  } catch {
    // It is not empty.
  }
}

function isAddress(text) {
  try {
    return /^https?:$/.test(new URL(text).protocol);
  } catch {
    return false;
  }
}

async function retried(work) {
  for (let tries = 1;; tries++) {
    try {
      return await work();
    } catch (error) {
      if (!error.mayPass || tries === TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * tries));
    }
  }
}

/** Hashes the archive and unpacks it as it comes; the file counts only when both are right. */
async function fetchOnce(address, partial) {
  const { archive, executable } = cache.release();
  const { host } = new URL(address);
  const response = await open(address);
  const digest = crypto.createHash("sha256");
  const progress = showProgress(archive.size);
  let received = 0;
  const counted = new PassThrough();
  counted.on("data", (chunk) => {
    digest.update(chunk);
    received += chunk.length;
    progress.show(received);
    if (received > archive.size) counted.destroy(new Error("it is longer than it should be"));
  });
  fs.rmSync(partial, { force: true });
  const file = fs.openSync(partial, "wx", 0o700);
  let written = 0;
  const sink = new FirstFile(executable.name, (bytes) => {
    for (let sent = 0; sent < bytes.length;) sent += fs.writeSync(file, bytes, sent);
    written += bytes.length;
  });
  let broken;
  try {
    await pipeline(response, counted, zlib.createGunzip(), sink);
    fs.fsyncSync(file);
  } catch (error) {
    if (error.code === "ENOSPC") throw error;
    broken = error;
  } finally {
    fs.closeSync(file);
    progress.end();
  }
  if (response.errored && !response.complete) throw failureOf(response.errored, host);
  if (received < archive.size) {
    throw interrupted(`${address} broke off after ${received} of ${archive.size} bytes.`);
  }
  const actual = digest.digest("hex");
  if (broken || actual !== archive.sha256 || written !== executable.size) {
    throw new Failure(
      `${address} is not what this package expects, and was not kept: ` +
        "its SHA-256 or its content differs.",
    );
  }
}

function interrupted(message) {
  return Object.assign(new Failure(message), { mayPass: true });
}

/** One line on a terminal, redrawn in place. */
function showProgress(total) {
  const isShown = process.stderr.isTTY && !process.env.CI;
  let shown = -1;
  return {
    show(received) {
      const percent = Math.min(100, Math.floor(received * 100 / total));
      if (!isShown || percent === shown) return;
      shown = percent;
      process.stderr.write(`\rFetching insforge ${cache.manifest.version}: ${percent} %`);
    },
    end() {
      if (isShown) process.stderr.write("\r\x1b[2K");
    },
  };
}

/** Removes what other versions, and runs that were killed, left behind a month ago. */
function removeStale(folder) {
  const kept = path.basename(cache.versionFolder(folder));
  for (const name of fs.readdirSync(folder)) {
    const entry = path.join(folder, name);
    try {
      if (name.startsWith(kept) || Date.now() - fs.statSync(entry).mtimeMs < STALE_MS) continue;
      fs.rmSync(entry, { recursive: true, force: true });
    } catch {
      // It is in use, or another user's.
    }
  }
}

module.exports = { install };
