/**
 * A disk whose power can be cut: an ext4 file system in a file. What was not synced before the cut
 * is gone, as by its own ioctl for such tests. Only root on Linux can mount it.
 */
import { assertEquals } from "@std/assert";

/** `EXT4_IOC_SHUTDOWN` with `EXT4_GOING_FLAGS_NOLOGFLUSH`. */
const SHUTDOWN = 0x8004587dn;
const WITHOUT_FLUSH = 2;

export class LossyDisk implements AsyncDisposable {
  /** Where it is mounted. */
  readonly folder: string;
  readonly #home: string;

  private constructor(home: string) {
    this.#home = home;
    this.folder = `${home}/disk`;
  }

  /** Whether this machine lets the test make one. */
  static async isPossible(): Promise<boolean> {
    if (Deno.build.os !== "linux" || Deno.uid() !== 0) return false;
    try {
      await using _disk = await LossyDisk.create();
      return true;
    } catch {
      return false;
    }
  }

  static async create(): Promise<LossyDisk> {
    const disk = new LossyDisk(await Deno.makeTempDir({ prefix: "insforge-disk-" }));
    const image = `${disk.#home}/image`;
    await Deno.writeTextFile(image, "");
    await Deno.truncate(image, 512 * 1024 ** 2);
    await Deno.mkdir(disk.folder);
    await run("mkfs.ext4", "-q", "-F", image);
    await disk.restore();
    return disk;
  }

  /** From here on nothing reaches the disk, and all that uses it fails. */
  cut(): void {
    const libc = Deno.dlopen("libc.so.6", {
      ioctl: { parameters: ["i32", "u64", "buffer"], result: "i32" },
      open: { parameters: ["buffer", "i32"], result: "i32" },
      close: { parameters: ["i32"], result: "i32" },
    });
    const { open, ioctl, close } = libc.symbols;
    const folder = open(new TextEncoder().encode(`${this.folder}\0`), 0);
    assertEquals(ioctl(folder, SHUTDOWN, new Uint32Array([WITHOUT_FLUSH])), 0);
    close(folder);
    libc.close();
  }

  /** Mounts it again, after a cut with what it kept. Nothing may be using it. */
  async restore(): Promise<void> {
    await run("umount", this.folder).catch(() => {});
    await run("mount", "-o", "loop", `${this.#home}/image`, this.folder);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await run("umount", "--lazy", this.folder).catch(() => {});
    await Deno.remove(this.#home, { recursive: true });
  }
}

async function run(command: string, ...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(command, { args, stdout: "null" }).output();
  if (!success) throw new Error(`${command}: ${new TextDecoder().decode(stderr)}`);
}
