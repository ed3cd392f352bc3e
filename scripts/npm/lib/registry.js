"use strict";

const { spawn } = require("child_process");
const fs = require("fs");
const path = require("path");
const zlib = require("zlib");
const { pipeline } = require("stream");
const { manifest, release } = require("./cache.js");
const { Failure } = require("./failure.js");
const { OneFile } = require("./unpack.js");

/** The package that holds the archive for this platform. */
const PACKAGE = `@insforge/cli-${process.platform}-${process.arch}`;

/** The npm that is running while its registry is asked. */
let running;

/**
 * Has npm fetch this platform's package: it knows the registry, the accounts, the proxy and the
 * certificates that this project, user and machine are set up with.
 * @param folder that npm may use, and that the caller removes once the archive is read
 */
async function openPackage(folder) {
  const spec = `${PACKAGE}@${manifest.version}`;
  fs.mkdirSync(folder, { recursive: true });
  await fetchPackage(spec, folder);
  const [tarball] = fs.readdirSync(folder).filter((name) => name.endsWith(".tgz"));
  if (!tarball) throw new Failure(`npm fetched nothing for ${spec}.`);
  const archive = new OneFile(`package/${release().archive.name}`);
  const file = fs.createReadStream(path.join(folder, tarball));
  // Who reads the archive is told of errors by the archive itself.
  pipeline(file, zlib.createGunzip(), archive, () => {});
  return { name: spec, stream: archive };
}

/** With a cache of its own: the user's may be read-only, and needs no second copy. */
function fetchPackage(spec, folder) {
  const args = [
    ...["pack", spec, "--pack-destination", folder, "--cache", path.join(folder, "cache")],
    ...["--fetch-retries", "1", "--fetch-retry-mintimeout", "1000", "--fetch-timeout", "60000"],
    ...["--ignore-scripts", "--no-workspaces", "--no-color", "--no-progress"],
    ...["--loglevel", "error"],
  ];
  // npm is a script, which Windows runs in a shell alone.
  const shell = process.platform === "win32";
  const quoted = args.map((text) => shell && /\s/.test(text) ? `"${text}"` : text);
  return new Promise((resolve, reject) => {
    running = spawn("npm", quoted, { shell, stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    running.stderr.on("data", (bytes) => said += bytes);
    running.on("error", ({ code, message }) => {
      const reason = code === "ENOENT" ? "is not on PATH" : `does not start: ${message}`;
      reject(new Failure(`Cannot fetch ${spec}: npm ${reason}.`));
    });
    running.on("close", (code) => {
      running = undefined;
      if (code === 0) return resolve();
      reject(new Failure(`npm cannot fetch ${spec}: ${causeOf(said)}.`));
    });
  });
}

const CAUSES = {
  E401: "the registry wants an account (E401)",
  E403: "the registry does not allow it (E403)",
  E404: "the registry does not have it (E404)",
  ENOTFOUND: "there is no such registry (ENOTFOUND)",
  ECONNREFUSED: "the registry refuses the connection (ECONNREFUSED)",
};

/** npm says `npm error code CODE`, before version 10.6 `npm ERR! code CODE`. */
function causeOf(said) {
  const code = /^npm \S+ code (\S+)$/m.exec(said)?.[1];
  return CAUSES[code] ?? code ?? (said.trim().split("\n")[0] || "it does not say why");
}

/** Ends an npm that is under way. */
function stopFetching() {
  running?.kill("SIGKILL");
}

module.exports = { openPackage, stopFetching };
