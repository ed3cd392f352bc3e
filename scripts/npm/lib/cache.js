"use strict";

const fs = require("fs");
const os = require("os");
const path = require("path");
const manifest = require("./manifest.json");

const ARCHITECTURES = { x64: "x86_64", arm64: "aarch64" };
const SYSTEMS = { linux: "unknown-linux-gnu", darwin: "apple-darwin", win32: "pc-windows-msvc" };

/** This platform as releases name it. */
function target() {
  return `${ARCHITECTURES[process.arch] ?? process.arch}-${
    SYSTEMS[process.platform] ?? process.platform
  }`;
}

/** What this version has for this platform; undefined where there is nothing. */
function release() {
  return manifest.targets[target()];
}

/** The folders that may hold the executable, the wanted one first. */
function cacheFolders(env = process.env) {
  if (env.INSFORGE_CACHE_DIR) return [path.resolve(env.INSFORGE_CACHE_DIR)];
  return [usualFolder(env), temporaryFolder()].filter(Boolean);
}

function usualFolder(env) {
  if (process.platform === "win32") {
    return env.LOCALAPPDATA && path.join(env.LOCALAPPDATA, "insforge", "cache");
  }
  const { XDG_CACHE_HOME: named = "" } = env;
  // As its specification has it: a relative one would lie in whatever was cloned.
  if (path.isAbsolute(named)) return path.join(named, "insforge");
  if (!env.HOME) return undefined;
  const caches = process.platform === "darwin" ? "Library/Caches" : ".cache";
  return path.join(env.HOME, caches, "insforge");
}

/** Where there is no home that can be written. Others may write there: see {@link isOwn}. */
function temporaryFolder() {
  const user = process.getuid ? process.getuid() : "user";
  return path.join(os.tmpdir(), `insforge-${user}`);
}

/** Whether nobody else can have put something into a folder. */
function isOwn(folder) {
  if (!process.getuid) return true;
  const { uid, mode } = fs.lstatSync(folder);
  return uid === process.getuid() && (mode & 0o170000) === 0o040000 && (mode & 0o022) === 0;
}

/** The folder of this version, named after its digest too: another build is not mistaken for it. */
function versionFolder(folder) {
  return path.join(folder, `${manifest.version}-${release().archive.sha256.slice(0, 12)}`);
}

/** What is kept of an executable when its digest was checked: see {@link isAsItWas}. */
const OWNER_FILE = "insforge.owner.json";

/**
 * Whether an executable is the one whose digest was checked when it came: to read it whole at every
 * start would take longer than the start.
 */
function isAsItWas(file, size) {
  const info = fs.lstatSync(file);
  const kept = JSON.parse(fs.readFileSync(path.join(path.dirname(file), OWNER_FILE), "utf8"));
  const isWhole = info.isFile() && info.size === size && info.mtimeMs === kept.mtimeMs;
  if (!isWhole || !process.getuid) return isWhole;
  // Who installs for everybody does it as root.
  return [0, process.getuid()].includes(info.uid) && (info.mode & 0o022) === 0;
}

/** The executable of this version, if it is in a cache, whole, and nobody else's. */
function findExecutable() {
  const wanted = release()?.executable;
  if (!wanted) return undefined;
  for (const folder of cacheFolders()) {
    const file = path.join(versionFolder(folder), wanted.name);
    try {
      if (!isAsItWas(file, wanted.size)) continue;
      if (folder !== temporaryFolder() || isOwn(folder)) return file;
    } catch {
      // It is not there.
    }
  }
  return undefined;
}

module.exports = {
  OWNER_FILE,
  cacheFolders,
  findExecutable,
  isOwn,
  manifest,
  release,
  target,
  temporaryFolder,
  versionFolder,
};
