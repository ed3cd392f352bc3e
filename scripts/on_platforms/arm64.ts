/** Linux on arm64, emulated by qemu: the bundle, under Deno for arm64. */
import { bundleUnder, debianRoot, must, need, npmPackage, type Platform } from "./platform.ts";
import { runSmoke } from "./run_smoke.ts";
import { runBackend } from "./local_backend.ts";

const DENO = "@deno/linux-arm64-glibc@2.9.6";
const QEMU = "qemu-aarch64-static";

/** The smoke list, or its short half, and the local backend. */
export async function run(isShort: boolean) {
  await need([QEMU, "mmdebstrap", "npm"], { root: true });
  const root = await debianRoot("arm64", "bookworm", [
    "--variant=extract",
    "--arch=arm64",
    "--skip=check/qemu",
    "--include=libc6,libgcc-s1,ca-certificates",
  ]);
  const deno = `${await npmPackage(DENO)}/deno`;
  await must("chmod", ["+x", deno]);
  const { flags, env: own } = await bundleUnder((folder) => folder);
  const platform: Platform = {
    name: "Linux arm64 (qemu)",
    runs: "the bundle, Deno 2.9.6",
    isSlow: true,
    command: (args, { env }) => ({
      program: QEMU,
      args: ["-L", root, deno, ...flags, ...args],
      env: { ...own, ...env },
    }),
    path: (folder) => folder,
  };
  const results = await runSmoke(platform, isShort);
  return { platform, results: [...results, await runBackend(platform)] };
}
