"use strict";

const { exec, execFile } = require("child_process");
const fs = require("fs");
const path = require("path");
const { promisify } = require("util");
const { Failure } = require("./failure.js");

/**
 * Has npm fetch a package: it knows the registry, the accounts, the proxies and the certificates
 * that this project, user and machine are set up with.
 * @param spec a name and version, or the address of a package
 * @param folder that npm may use, its cache included: the user's may be read-only
 * @returns the path of the package, in `folder`
 */
async function fetchPackage(spec, folder, signal) {
  fs.mkdirSync(folder, { recursive: true });
  const command = [
    ...["npm", "pack", spec, "--pack-destination", folder, "--cache", path.join(folder, "cache")],
    ...["--fetch-retries", "1", "--fetch-retry-mintimeout", "1000", "--fetch-timeout", "60000"],
    ...["--ignore-scripts", "--no-workspaces", "--no-color", "--no-progress"],
    ...["--no-update-notifier", "--loglevel", "error"],
  ];
  const options = { signal, killSignal: "SIGKILL", cwd: settingsFolder(folder) };
  try {
    // npm is a script, which Windows runs in a shell alone.
    if (process.platform === "win32") {
      await promisify(exec)(command.map((word) => `"${word}"`).join(" "), options);
    } else {
      await promisify(execFile)(command[0], command.slice(1), options);
    }
  } catch (error) {
    throw new Failure(`npm cannot fetch ${spec}: ${reasonOf(error)}.`);
  }
  const name = fs.readdirSync(folder).find((name) => name.endsWith(".tgz"));
  if (!name) throw new Failure(`npm fetched nothing for ${spec}.`);
  return path.join(folder, name);
}

/**
 * Where npm looks for a project's settings. Where npm runs this, it has read those of the working
 * directory already; else they are those of where this package is installed: npm would send what a
 * stranger's `.npmrc` asks for of the environment to a host that it names as well. Yarn installs
 * this package in an archive, where nothing can run: there are those of user and machine.
 */
function settingsFolder(ownFolder) {
  if (process.env.npm_command) return process.cwd();
  if (process.versions.pnp) return ownFolder;
  const [root] = __dirname.split(`${path.sep}node_modules${path.sep}`);
  return root;
}

const REASONS = {
  E401: "the registry wants an account (E401)",
  E403: "the registry does not allow it (E403)",
  E404: "the registry does not have it (E404)",
  ENOTFOUND: "there is no such host (ENOTFOUND)",
  ECONNREFUSED: "the connection is refused (ECONNREFUSED)",
};

/** npm says `npm error code CODE`, before version 10.6 `npm ERR! code CODE`. */
function reasonOf({ code: failed, stderr = "" }) {
  if (failed === "ENOENT") return "npm is not on PATH";
  const code = /^npm \S+ code (\S+)$/m.exec(stderr)?.[1];
  return REASONS[code] ?? code ?? (stderr.trim().split("\n")[0] || "it does not say why");
}

module.exports = { fetchPackage };
