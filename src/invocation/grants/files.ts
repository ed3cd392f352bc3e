/** The paths that a declaration's words stand for. */
import { dirname, fromFileUrl, join, resolve, SEPARATOR } from "@std/path";
import { asidePath, ownerFile, updateFile } from "../../config/paths.ts";
import { ENV_FILES } from "../../files/env_file.ts";
import { programFiles } from "../../core/program_files.ts";
import { usualTarget } from "../../files/target_path.ts";
import { freshPath } from "../../files/atomic.ts";
import { keptInputPath, partialPath, partialTagPath } from "../../files/temporary_paths.ts";
import type { LaunchFacts } from "../launch_facts.ts";
import type { File } from "./reach.ts";

/** The absolute paths that a word stands for. */
export function pathsOf(file: File, launch: LaunchFacts, access: "read" | "write"): string[] {
  const { invocation } = launch;
  switch (file) {
    case "operands":
      return invocation.operands.flatMap((path) => withFresh(launch, path, access));
    case "deployed folder":
      return withRealPath(resolve(launch.cwd, invocation.operands[0] ?? "."));
    case "site rules":
      return siteRules(launch, invocation.operands[0] ?? ".");
    case "env files":
      return [launch.cwd, launch.projectRoot]
        .flatMap((folder) => ENV_FILES.map((name) => join(folder, name)));
    case "functions folder":
      return [join(launch.cwd, "insforge")];
    case "--data @":
      return (invocation.values.get("--data") ?? []).flatMap((value) =>
        value.startsWith("@") ? [resolve(launch.cwd, value.slice(1))] : []
      );
    case "project link":
      return [join(launch.projectRoot, ".insforge")];
    case "global files":
      return launch.globalFolder ? [launch.globalFolder] : [];
    case "update file":
      return launch.globalFolder ? withFresh(launch, updateFile(launch.globalFolder), access) : [];
    case "working directory":
      return [launch.cwd];
    case "program":
      return [fromFileUrl(programFiles)];
    case "executable": {
      const executable = Deno.realPathSync(Deno.execPath());
      return [
        executable,
        partialPath(executable),
        asidePath(executable),
        ...(access === "read" ? [Deno.execPath(), ownerFile(executable)] : []),
      ];
    }
    case "download target":
      return downloadTargets(launch);
    case "kept input":
      return [keptInputPath()];
  }
  if (file.startsWith("./")) return [join(launch.projectRoot, file)];
  return (invocation.values.get(file) ?? [])
    .flatMap((path) => withFresh(launch, path, access));
}

/** A folder by its name and, where links are part of that, by the place that they lead to. */
function withRealPath(folder: string): string[] {
  try {
    return [folder, Deno.realPathSync(folder)];
  } catch {
    return [folder];
  }
}

/** The content of a file is written beside it first: the grant covers both. */
function withFresh({ cwd, token }: LaunchFacts, path: string, access: "read" | "write"): string[] {
  if (path === "-") return [];
  const target = resolve(cwd, path);
  return access === "write" ? [target, freshPath(target, token)] : [target];
}

/** Where `storage download` writes: the folder or file that is named, else the key's base name. */
function downloadTargets({ cwd, invocation }: LaunchFacts): string[] {
  const named = ["--output", "-o"].flatMap((name) => invocation.values.get(name) ?? []);
  if (named.length === 0 && invocation.flags.has("--recursive")) return [cwd];
  const usual = usualTarget(cwd, invocation.operands[0] ?? "");
  const paths = named.length > 0 ? named : usual ? [usual] : [];
  return paths.filter((path) => path !== "-").map((path) => resolve(cwd, path))
    .flatMap((target) => [target, partialPath(target), partialTagPath(target)]);
}

/** Where the rules of a project may be: above the deployed folder, though not above the project. */
function siteRules({ cwd, projectRoot }: LaunchFacts, folder: string): string[] {
  const above = dirname(resolve(cwd, folder));
  const isBelow = above.startsWith(projectRoot + SEPARATOR);
  return [...isBelow ? [above] : [], cwd, projectRoot].map((place) => join(place, "vercel.json"));
}
