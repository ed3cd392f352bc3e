"use strict";

const { spawn } = require("child_process");

const FORWARDED = ["SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGQUIT", "SIGINT"];

/** Replaces this process, as far as the outside can tell, with the executable. */
function run(executable, args) {
  const child = spawn(executable, args, { stdio: "inherit" });
  for (const signal of process.platform === "win32" ? ["SIGINT"] : FORWARDED) {
    process.on(signal, () => {
      // Ctrl-C on a terminal reaches the whole group: the executable has had it already.
      if (signal === "SIGINT" && (process.platform === "win32" || process.stdin.isTTY)) return;
      child.kill(signal);
    });
  }
  child.on("error", (error) => {
    console.error(`insforge: ${reasonOf(error, executable)}`);
    process.exitCode = 1;
  });
  child.on("exit", (code, signal) => {
    if (!signal) process.exit(code);
    // Whoever waits for this process learns that a signal ended it, and which.
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

function reasonOf({ code, message }, executable) {
  if (code === "ENOENT") {
    return `${executable} does not start: it needs glibc, which this system lacks.`;
  }
  if (code === "EACCES") {
    return `${executable} may not be run: ` +
      "name a folder that allows programs in INSFORGE_CACHE_DIR.";
  }
  return `${executable} does not start: ${message}.`;
}

module.exports = { run };
