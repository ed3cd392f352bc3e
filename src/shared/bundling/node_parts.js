/**
 * What functions have of modules of Node that are about files, threads or a terminal besides: the
 * rest of those is lacking, and says so when it is used. `given` are the modules that they have
 * whole.
 */
const { MessageChannel, MessagePort, BroadcastChannel } = globalThis;

const isBuiltin = (name) => given.includes(name.replace(/^node:/, ""));

/** Its `require` has the modules of Node alone: packages are bundled where they are imported. */
const requireOf = (importer) => () => {
  const find = (name) => {
    if (isBuiltin(name)) return require(name);
    const error = new Error(
      `${importer} asks createRequire for "${name}", which only an import brings into a function`,
    );
    throw Object.assign(error, { code: "MODULE_NOT_FOUND" });
  };
  return Object.assign(find, { resolve: (name) => name, cache: {}, extensions: {} });
};

/** What each module has, by its name and whose import it is. */
export const parts = {
  fs: (importer) => files(importer),
  "fs/promises": (importer) => files(importer).promises,
  module: (importer) => ({
    builtinModules: given,
    createRequire: requireOf(importer),
    isBuiltin,
  }),
  tty: () => ({ isatty: () => false }),
  v8: () => ({
    getHeapStatistics() {
      const { heapTotal, heapUsed } = globalThis.process.memoryUsage();
      return { total_heap_size: heapTotal, used_heap_size: heapUsed, heap_size_limit: heapTotal };
    },
  }),
  vm: () => ({ Script, createContext: (object = {}) => object, isContext: () => false }),
  worker_threads: () => ({
    BroadcastChannel,
    MessageChannel,
    MessagePort,
    isMainThread: true,
    markAsUncloneable() {},
    markAsUntransferable() {},
    parentPort: null,
    threadId: 0,
    workerData: null,
  }),
};

/** Code that runs beside the function's own. */
class Script {
  #code;
  constructor(code) {
    this.#code = `${code}`;
  }
  runInThisContext() {
    return (0, eval)(this.#code);
  }
}

const CONSTANTS = {
  F_OK: 0,
  X_OK: 1,
  W_OK: 2,
  R_OK: 4,
  COPYFILE_EXCL: 1,
  O_RDONLY: 0,
  O_WRONLY: 1,
  O_RDWR: 2,
  O_CREAT: 64,
  O_EXCL: 128,
  O_TRUNC: 512,
  O_APPEND: 1024,
  S_IFMT: 61440,
  S_IFREG: 32768,
  S_IFDIR: 16384,
  S_IFCHR: 8192,
  S_IFBLK: 24576,
  S_IFIFO: 4096,
  S_IFLNK: 40960,
  S_IFSOCK: 49152,
};
const ERRNO = { ENOENT: -2, EBADF: -9, EACCES: -13 };
/** Operations by how they fail where there is no file, and none can be made. */
const OPERATIONS = {
  ENOENT:
    "access chmod chown copyFile cp lchmod lchown lstat lutimes open opendir readFile readdir " +
    "readlink realpath rename rm rmdir stat statfs truncate unlink utimes watch",
  EACCES: "appendFile link mkdir mkdtemp symlink writeFile",
  EBADF: "close fchmod fchown fdatasync fstat fsync ftruncate futimes read readv write writev",
};
/** Options by which an operation does not mind that there is nothing. */
const LENIENT = {
  stat: ["throwIfNoEntry", false],
  lstat: ["throwIfNoEntry", false],
  rm: ["force", true],
};

/** Files as a package finds them: there are none, which it is told as Node does. */
function files(importer) {
  const failure = (code, name, path) =>
    Object.assign(
      new Error(
        `${code}: ${importer} uses node:fs.${name}, and edge functions have no access to files`,
      ),
      { code, errno: ERRNO[code], syscall: name.replace(/Sync$/, ""), path: `${path}` },
    );
  const promises = { constants: CONSTANTS };
  const own = {
    constants: CONSTANTS,
    ...CONSTANTS,
    promises,
    existsSync: () => false,
    exists: (_, tell) => queueMicrotask(() => tell(false)),
    createReadStream(path) {
      const { Readable } = require("node:stream");
      return new Readable({
        construct: (done) => done(failure("ENOENT", "createReadStream", path)),
      });
    },
    createWriteStream(path) {
      const { Writable } = require("node:stream");
      return new Writable({
        construct: (done) => done(failure("EACCES", "createWriteStream", path)),
      });
    },
    watchFile() {},
    unwatchFile() {},
  };
  for (const [code, names] of Object.entries(OPERATIONS)) {
    for (const name of names.split(" ")) {
      const isLenient = (options) => {
        const [option, value] = LENIENT[name] ?? [];
        return option !== undefined && options?.[option] === value;
      };
      own[name] = (path, ...rest) => {
        const tell = rest.pop();
        const error = isLenient(rest[0]) ? null : failure(code, name, path);
        if (typeof tell !== "function") throw error ?? new TypeError("It is given no callback");
        queueMicrotask(() => tell(error));
      };
      own[`${name}Sync`] = (path, options) => {
        if (!isLenient(options)) throw failure(code, `${name}Sync`, path);
      };
      promises[name] = (path, options) =>
        isLenient(options)
          ? Promise.resolve()
          : Promise.reject(failure(code, `promises.${name}`, path));
    }
  }
  own.realpath.native = own.realpath;
  own.realpathSync.native = own.realpathSync;
  return own;
}
