/** Windows on x86-64, as wine is it: the bundle, under Deno for Windows. */
import {
  bundleUnder,
  debianRoot,
  must,
  need,
  npmPackage,
  type Platform,
  ROOT,
} from "./platform.ts";
import { runSmoke } from "./run_smoke.ts";
import { runBackend } from "./local_backend.ts";

const DENO = "@deno/win32-x64@2.9.6";
// Without a UTF-8 locale arguments arrive garbled.
const ENV = [
  "PATH=/usr/bin:/bin:/usr/lib/wine",
  "LC_ALL=C.UTF-8",
  "WINEARCH=win64",
  "WINEDEBUG=-all",
  "WINEPREFIX=/root/.wine",
];

/** The short list: a command takes seconds there. */
export async function run() {
  await need(["mmdebstrap", "npm", "unshare", "chroot"], { root: true });
  // The wine of bookworm lacks a library that Deno needs.
  const root = await debianRoot("windows", "trixie", [
    "--variant=minbase",
    "--include=wine64,ca-certificates",
  ]);
  const deno = `${await npmPackage(DENO)}/deno.exe`;
  const path = (folder: string) => `Z:${folder.replaceAll("/", "\\")}`;
  const { flags, env: own } = await bundleUnder(path);
  // What wine sees of this machine, at the same paths, in a namespace that goes with the command.
  const bound = ["/proc", "/dev", "/tmp", ROOT];
  for (const folder of bound) await Deno.mkdir(`${root}${folder}`, { recursive: true });
  const mounts = bound.map((folder) => `mount --rbind '${folder}' '${root}${folder}'`).join(" && ");
  const platform: Platform = {
    name: "Windows x86-64 (wine 10)",
    runs: "the bundle, Deno 2.9.6",
    isSlow: true,
    command: (args, { cwd, env }) => ({
      program: "unshare",
      args: [
        ...["-m", "--propagation", "private", "sh", "-c"],
        `${mounts} && root=$1 && shift && exec chroot "$root" "$@"`,
        ...["sh", root, "/usr/bin/env", "-i", ...ENV],
        ...Object.entries({ ...own, ...env }).map(([name, value]) => `${name}=${value}`),
        ...["sh", "-c", `cd "$1" && shift && exec wine64 "$@"`, "sh", cwd, deno],
        ...flags,
        ...args,
      ],
      env: {},
    }),
    path,
  };
  await must("unshare", [
    ...["-m", "--propagation", "private", "sh", "-c"],
    `${mounts} && exec chroot '${root}' /usr/bin/env -i ${ENV.join(" ")} wine64 wineboot --init`,
  ]);
  const results = await runSmoke(platform, true);
  return { platform, results: [...results, await runBackend(platform)] };
}
