/** What Node's `os` tells functions: as packages load, they ask what takes a permission. */
import os from "node:os";

/** Has Node's module answer, of a machine of which functions know nothing. */
export function hideMachine(): void {
  Object.assign(os, {
    cpus: () => [],
    getPriority: () => 0,
    homedir: () => "/",
    uptime: () => performance.now() / 1000,
    userInfo: () => ({ username: "function", uid: -1, gid: -1, shell: null, homedir: "/" }),
  });
}
