"use strict";

const fs = require("fs");
const { setTimeout } = require("timers/promises");

const BEAT_MS = 1_000;
const DEAD_MS = 5_000;
const POLL_MS = 50;
const MOST_REFUSALS = 100;

/**
 * Does work while no other process does it under the same lock. The lock of a process that was
 * killed goes quiet, and is taken over.
 */
async function withLock(path, work) {
  for (let tries = 0; !take(path, tries); tries++) {
    if (isDead(path)) fs.rmSync(path, { force: true });
    else await setTimeout(POLL_MS);
  }
  const beat = setInterval(() => {
    const now = new Date();
    fs.utimes(path, now, now, () => {});
  }, BEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    fs.rmSync(path, { force: true });
  }
}

function take(path, tries) {
  try {
    fs.closeSync(fs.openSync(path, "wx"));
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    // Windows says so of a file that is just being removed.
    if (error.code === "EPERM" && process.platform === "win32" && tries < MOST_REFUSALS) {
      return false;
    }
    throw error;
  }
}

function isDead(path) {
  try {
    return Date.now() - fs.statSync(path).mtimeMs > DEAD_MS;
  } catch {
    return false;
  }
}

module.exports = { withLock };
