/** Resets TCP connections, which Deno itself only closes in good order. */

/**
 * Sends a reset (RST) to the other side: connecting a socket to no address at all has that effect.
 * Works on Linux, where a socket's descriptor can be found; elsewhere it does nothing.
 */
export function resetConnection(connection: Deno.Conn): void {
  const descriptor = descriptorOf(connection);
  if (descriptor === undefined) return;
  const libc = Deno.dlopen("libc.so.6", {
    connect: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  });
  // An address of zeros is one of the family AF_UNSPEC.
  const nowhere = new Uint8Array(16);
  libc.symbols.connect(descriptor, nowhere, nowhere.length);
  libc.close();
}

/** The table of connections names a socket's inode, and so do the links of the descriptors. */
function descriptorOf({ localAddr, remoteAddr }: Deno.Conn): number | undefined {
  if (Deno.build.os !== "linux") return undefined;
  const wanted = [localAddr, remoteAddr].map((address) => (address as Deno.NetAddr).port);
  const inode = Deno.readTextFileSync("/proc/self/net/tcp").split("\n").slice(1)
    .map((line) => line.trim().split(/\s+/))
    .find(([, local, remote]) =>
      [local, remote].every((address, side) =>
        parseInt(address?.split(":")[1] ?? "", 16) === wanted[side]
      )
    )?.[9];
  for (const { name } of Deno.readDirSync("/proc/self/fd")) {
    try {
      if (Deno.readLinkSync(`/proc/self/fd/${name}`) === `socket:[${inode}]`) return Number(name);
    } catch {
      // It was closed since the folder was listed.
    }
  }
  return undefined;
}
