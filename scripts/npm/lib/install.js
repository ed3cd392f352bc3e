"use strict";

const crypto = require("crypto");
const fs = require("fs");
const path = require("path");
const { pipeline } = require("stream/promises");
const { setTimeout } = require("timers/promises");
const zlib = require("zlib");
const cache = require("./cache.js");
const { Failure } = require("./failure.js");
const { firstFile } = require("./first_file.js");
const { withLock } = require("./lock.js");
const { requirePlatform } = require("./platform.js");
const { sourcesInOrder } = require("./sources.js");

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
  const folder = path.dirname(target);
  const work = `${folder}.${process.pid}.work`;
  const partial = path.join(work, path.basename(target));
  const aborted = new AbortController();
  const progress = showProgress(cache.release().archive.size);
  // Nothing stays behind when this is interrupted.
  const stop = (signal) => {
    aborted.abort();
    discard(work);
    fs.rmSync(`${folder}.lock`, { force: true });
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) process.on(signal, stop);
  try {
    const { signal } = aborted;
    await fromFirst(sources, (open) => fetchOnce(open, partial, { signal, progress }));
    fs.chmodSync(partial, 0o755);
    fs.mkdirSync(folder, { recursive: true });
    // `insforge upgrade` leaves to npm what npm brought.
    const { mtimeMs } = fs.statSync(partial);
    const owner = path.join(folder, cache.OWNER_FILE);
    fs.writeFileSync(owner, JSON.stringify({ ...OWNER, mtimeMs }));
    fs.renameSync(partial, target);
  } catch (error) {
    if (error.code === "ENOSPC") throw new Failure(`The disk of ${target} is full.`);
    throw error;
  } finally {
    progress.end();
    discard(work);
    for (const signal of signals) process.removeListener(signal, stop);
  }
}

/** Goes on to the next source where one cannot be had; what is forged is not asked for elsewhere. */
async function fromFirst(sources, fetchFrom) {
  const said = [];
  for (const open of sources) {
    for (let tries = 1;; tries++) {
      try {
        return await fetchFrom(open);
      } catch (error) {
        if (!error.isExpected || error.isForged) throw error;
        if (!error.mayPass || tries === TRIES) {
          said.push(error.message);
          break;
        }
        await setTimeout(PAUSE_MS * tries);
      }
    }
  }
  throw new Failure(said.join(" "));
}

/** On Windows a file may be held for a moment by whoever looks for viruses. */
function discard(folder) {
  fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** Hashes the archive and unpacks it as it comes; the file counts only when both are right. */
async function fetchOnce(open, partial, { signal, progress }) {
  const { archive, executable } = cache.release();
  const digest = crypto.createHash("sha256");
  let received = 0;
  async function* counted(chunks) {
    for await (const chunk of chunks) {
      digest.update(chunk);
      received += chunk.length;
      progress.show(received);
      yield chunk;
    }
  }
  const work = path.dirname(partial);
  discard(work);
  fs.mkdirSync(work, { mode: 0o700 });
  const { name, stream } = await open(path.join(work, "npm"), signal);
  const forged = new Failure(
    `${name} is not what this package expects, and was not kept: its SHA-256 or its content differs.`,
    { isForged: true },
  );
  try {
    await pipeline(
      stream,
      zlib.createGunzip(),
      firstFile(archive.size),
      counted,
      zlib.createGunzip(),
      firstFile(executable.size),
      fs.createWriteStream(partial, { flags: "wx", mode: 0o700 }),
    );
  } catch (error) {
    if (error.code === "ENOSPC") throw error;
    if (error.code === "Z_DATA_ERROR") throw forged;
    const failure = `${name} broke off after ${received} of ${archive.size} bytes.`;
    throw new Failure(failure, { mayPass: true });
  }
  synchronize(partial);
  const isWhole = fs.statSync(partial).size === executable.size;
  if (!isWhole || digest.digest("hex") !== archive.sha256) throw forged;
}

/** Nothing is renamed to its name that a power cut could leave empty. */
function synchronize(path) {
  const file = fs.openSync(path, "r+");
  fs.fsyncSync(file);
  fs.closeSync(file);
}

/** One line on a terminal, redrawn in place. */
function showProgress(total) {
  if (!process.stderr.isTTY || process.env.CI) return { show() {}, end() {} };
  const text = `Fetching insforge ${cache.manifest.version}`;
  let shown;
  process.stderr.write(text);
  return {
    show(received) {
      const percent = Math.min(100, Math.floor(received * 100 / total));
      if (percent !== shown) process.stderr.write(`\r${text}: ${percent} %`);
      shown = percent;
    },
    end: () => process.stderr.write("\r\x1b[2K"),
  };
}

/** What this package makes in a cache: the folder of a version, its lock, and what it works in. */
const OWN = /^\d+\.\d+\.\d+[\w.+-]*-[0-9a-f]{12}(\.lock|\.\d+\.work)?$/;

/**
 * Removes what other versions, and runs that were killed, left behind a month ago. The folder may
 * be one of the user's with other things in it.
 */
function removeStale(folder) {
  const kept = path.basename(cache.versionFolder(folder));
  for (const name of fs.readdirSync(folder)) {
    const entry = path.join(folder, name);
    try {
      if (!OWN.test(name) || name === kept || Date.now() - fs.statSync(entry).mtimeMs < STALE_MS) {
        continue;
      }
      fs.rmSync(entry, { recursive: true, force: true });
    } catch {
      // It is in use, or another user's.
    }
  }
}

module.exports = { install };
