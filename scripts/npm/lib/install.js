"use strict";

const crypto = require("crypto");
const fs = require("fs");
const path = require("path");
const { PassThrough } = require("stream");
const { pipeline } = require("stream/promises");
const zlib = require("zlib");
const cache = require("./cache.js");
const { Failure } = require("./failure.js");
const { withLock } = require("./lock.js");
const { requirePlatform } = require("./platform.js");
const { stopFetching } = require("./registry.js");
const { sourcesInOrder } = require("./sources.js");
const { OneFile } = require("./unpack.js");

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
  const sources = sourcesInOrder();
  fs.mkdirSync(path.dirname(target), { recursive: true });
  const partial = `${target}.${process.pid}.partial`;
  // Nothing stays behind when this is interrupted.
  const stop = (signal) => {
    stopFetching();
    discard(partial);
    fs.rmSync(`${path.dirname(target)}.lock`, { force: true });
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) process.on(signal, stop);
  try {
    await fetchFromFirst(sources, partial);
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

/** Goes on to the next source where one cannot be had; what is forged is not asked for elsewhere. */
async function fetchFromFirst(sources, partial) {
  const said = [];
  for (const open of sources) {
    try {
      return await retried(() => fetchOnce(open, partial));
    } catch (error) {
      if (!error.isExpected || error.isForged) throw error;
      said.push(error.message);
    }
  }
  throw new Failure(said.join(" "));
}

/** Removes what was begun, and its folder unless something else is in it. */
function discard(partial) {
  for (const path of [partial, workOf(partial)]) {
    fs.rmSync(path, { recursive: true, force: true, maxRetries: 5 });
  }
  try {
    fs.rmdirSync(path.dirname(partial));
  } catch {
    // It is not empty.
  }
}

/** Where a source may put what it needs on the way. */
function workOf(partial) {
  return `${partial}.work`;
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
async function fetchOnce(open, partial) {
  const { archive, executable } = cache.release();
  const progress = showProgress(archive.size);
  const digest = crypto.createHash("sha256");
  let received = 0;
  const counted = new PassThrough();
  counted.on("data", (chunk) => {
    digest.update(chunk);
    received += chunk.length;
    progress.show(received);
    if (received > archive.size) counted.destroy(new Error("it is longer than it should be"));
  });
  fs.rmSync(partial, { force: true });
  let source;
  let broken;
  try {
    source = await open(workOf(partial));
    await pipeline(
      source.stream,
      counted,
      zlib.createGunzip(),
      new OneFile(executable.name),
      fs.createWriteStream(partial, { flags: "wx", mode: 0o700 }),
    );
    synchronize(partial);
  } catch (error) {
    if (!source || error.code === "ENOSPC") throw error;
    broken = error;
  } finally {
    progress.end();
    fs.rmSync(workOf(partial), { recursive: true, force: true, maxRetries: 5 });
  }
  const failure = source.failure?.();
  if (failure) throw failure;
  if (received < archive.size) {
    throw interrupted(`${source.name} broke off after ${received} of ${archive.size} bytes.`);
  }
  const isWhole = !broken && fs.statSync(partial).size === executable.size;
  if (!isWhole || digest.digest("hex") !== archive.sha256) {
    const forged = new Failure(
      `${source.name} is not what this package expects, and was not kept: ` +
        "its SHA-256 or its content differs.",
    );
    throw Object.assign(forged, { isForged: true });
  }
}

/** Nothing is renamed to its name that a power cut could leave empty. */
function synchronize(path) {
  const file = fs.openSync(path, "r+");
  fs.fsyncSync(file);
  fs.closeSync(file);
}

function interrupted(message) {
  return Object.assign(new Failure(message), { mayPass: true });
}

/** One line on a terminal, redrawn in place. */
function showProgress(total) {
  const isShown = process.stderr.isTTY && !process.env.CI;
  let shown = -1;
  if (isShown) process.stderr.write(`Fetching insforge ${cache.manifest.version}`);
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
