/**
 * What functions have of modules of Node that are about files, threads or a terminal besides: the
 * rest of those is lacking, and says so when it is used. `given` are the modules that they have
 * whole.
 */
const { MessageChannel, MessagePort, BroadcastChannel } = globalThis;

const isBuiltin = (name) => given.includes(name.replace(/^node:/, ""));

/** Its `require` has the modules of Node alone: packages are bundled where they are imported. */
function createRequire() {
  const find = (name) => require(name);
  return Object.assign(find, { resolve: (name) => name, cache: {}, extensions: {} });
}

export const parts = {
  module: { builtinModules: given, createRequire, isBuiltin },
  tty: { isatty: () => false },
  v8: {
    getHeapStatistics() {
      const { heapTotal, heapUsed } = globalThis.process.memoryUsage();
      return { total_heap_size: heapTotal, used_heap_size: heapUsed, heap_size_limit: heapTotal };
    },
  },
  worker_threads: {
    BroadcastChannel,
    MessageChannel,
    MessagePort,
    isMainThread: true,
    markAsUncloneable() {},
    markAsUntransferable() {},
    parentPort: null,
    threadId: 0,
    workerData: null,
  },
};
