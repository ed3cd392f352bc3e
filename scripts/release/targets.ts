/** The platforms that a release has an executable for. */

/** What an archive is named after, in the words of `deno compile --target`. */
export const TARGETS = [
  "x86_64-unknown-linux-gnu",
  "aarch64-unknown-linux-gnu",
  "x86_64-apple-darwin",
  "aarch64-apple-darwin",
  "x86_64-pc-windows-msvc",
  "aarch64-pc-windows-msvc",
] as const;

export type Target = typeof TARGETS[number];

/** The name of the executable inside an archive. */
export function executableName(target: string): string {
  return target.includes("windows") ? "insforge.exe" : "insforge";
}

/** What all files of a release for one platform begin with. */
export function releaseName(version: string, target: string): string {
  return `insforge-${version}-${target}`;
}

/** The targets that a build's arguments name: `--target TRIPLE`, repeatable, or `--all`. */
export function targetsOf(args: readonly string[]): Target[] {
  if (args.includes("--all")) return [...TARGETS];
  return args.flatMap((arg, index) => {
    if (arg !== "--target") return [];
    const target = TARGETS.find((known) => known === args[index + 1]);
    if (target) return [target];
    console.error(`--target needs one of ${TARGETS.join(", ")}.`);
    Deno.exit(1);
  });
}
