#!/usr/bin/env node
// Runs the insforge executable with this process's arguments, streams, signals and exit code.
// The first run fetches it; later ones load nothing but this file and two of lib.
"use strict";

const { run } = require("../lib/run.js");
const { findExecutable } = require("../lib/cache.js");

async function main() {
  requireFolder();
  const executable = findExecutable() ?? await require("../lib/install.js").install();
  run(executable, process.argv.slice(2));
}

/** The executable cannot start in a folder that is gone, nor say so itself. */
function requireFolder() {
  try {
    process.cwd();
  } catch {
    const message = "The working directory is gone: change to one that exists.";
    throw Object.assign(new Error(message), { isExpected: true });
  }
}

main().catch((error) => {
  // One sentence for what is foreseen; the stack for what is not.
  console.error(error.isExpected ? `insforge: ${error.message}` : error);
  process.exitCode = 1;
});
