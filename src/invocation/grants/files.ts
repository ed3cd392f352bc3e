/** The paths that a declaration's words stand for. */
import { dirname, join, SEPARATOR } from "@std/path";
import { guardAuditFile, hostsFile, ownerFile, updateFile } from "../../config/paths.ts";
import { asidePath } from "../../files/temporary_paths.ts";
import { requireOwnLinks, requireOwnState, requireStateShape } from "../../config/own_state.ts";
import { requireTrusted } from "../../config/trust.ts";
import { STATE_FILES } from "../../shared/contract/state.ts";
import { ENV_FILES } from "../../files/env_file.ts";
import { usualTarget } from "../../files/target_path.ts";
import { freshPath } from "../../files/atomic.ts";
import { isThere, placeWithin, realPlace, requirePlain } from "../../files/real_path.ts";
import { absolutePath } from "../../files/typed_path.ts";
import {
  keptInputPath,
  partialPath,
  partialTagPath,
  scratchPath,
} from "../../files/temporary_paths.ts";
import { isOfProject, npmConfigFiles, readNpmConfig } from "../../shared/packages/npm_config.ts";
import { environmentVariable } from "../../core/environment.ts";
import {
  functionsLock,
  npmSurroundings,
  ownFunctionsFolder,
  sourceRoot,
} from "../function_sources.ts";
import { appFolder } from "../app_folder.ts";
import type { LaunchFacts } from "../launch_facts.ts";
import { anyPlace, ownPlace, ownPlaceIfAny, ownProgram, type Place, typedPlace } from "./places.ts";
import type { File } from "./reach.ts";

/**
 * The places that a word stands for.
 * @throws {FileError} for a link that leads out of where the word's files belong
 */
export function placesOf(file: File, launch: LaunchFacts, access: "read" | "write"): Place[] {
  const { invocation } = launch;
  const { operands, values } = invocation;
  switch (file) {
    case "operands":
      return operands.flatMap((path) => typed(launch, path, access));
    case "deployed folder":
      return [typedPlace(launch, operands[0] ?? ".", "read")];
    case "site rules":
      return siteRules(launch, operands[0] ?? ".")
        .flatMap((path) => ownPlaceIfAny(launch, path));
    case "env files":
      return [launch.cwd, launch.projectRoot]
        .flatMap((folder) => ENV_FILES.map((name) => join(folder, name)))
        .flatMap((path) => ownPlaceIfAny(launch, path));
    case "app manifest":
      return [ownPlace(launch, join(appFolder(launch), "package.json"))];
    case "app variables": {
      const place = ownPlace(launch, join(appFolder(launch), ".env.local"));
      return access === "write" ? withFresh(launch, place) : [place];
    }
    case "functions folder":
      return [functionPlace(launch, dirname(ownFunctionsFolder(launch)))];
    case "function sources": {
      const named = (values.get("--file") ?? []).map((path) => typedPlace(launch, path, "read"));
      const roots = [sourceRoot(launch), ...named.map(({ path }) => sourceRoot(launch, path))];
      return [...roots.map(anyPlace), ...named];
    }
    case "function lock": {
      const lock = functionPlace(launch, functionsLock(launch));
      const folder = functionPlace(launch, dirname(functionsLock(launch)));
      // A folder that has yet to be made has nothing in it but what this invocation writes.
      return isThere(folder.path) ? withFresh(launch, lock) : [folder];
    }
    case "npm configuration": {
      const config = npmSurroundings(launch, environmentVariable);
      const { certificates } = readNpmConfig(config);
      // Those of the project came with it: a link in their place leads nowhere.
      return [...npmConfigFiles(config), ...(certificates ? [certificates] : [])]
        .flatMap((file) =>
          isOfProject(config, file) ? ownPlaceIfAny(launch, file) : [anyPlace(file)]
        );
    }
    case "package cache":
      return launch.cacheFolder ? [anyPlace(launch.cacheFolder)] : [];
    case "--data @":
      return (values.get("--data") ?? []).flatMap((value) =>
        value.startsWith("@") ? typed(launch, value.slice(1), access) : []
      );
    case "--data-dir":
      return (values.get(file) ?? []).flatMap((path) =>
        withFresh(launch, dataDir(launch, typedPlace(launch, path, "write")))
      );
    case "project link":
      return [projectFolder(launch)];
    case "global files":
      return launch.globalFolder ? [anyPlace(launch.globalFolder)] : [];
    case "told hosts":
      return launch.globalFolder && launch.untoldHost
        ? withFresh(launch, anyPlace(hostsFile(launch.globalFolder)))
        : [];
    case "guard audit":
      return launch.globalFolder ? [anyPlace(guardAuditFile(launch.globalFolder))] : [];
    case "update file":
      return launch.globalFolder
        ? withFresh(launch, anyPlace(updateFile(launch.globalFolder)))
        : [];
    case "working directory":
      return [anyPlace(launch.cwd)];
    case "program":
      return ownProgram();
    case "executable": {
      const executable = Deno.realPathSync(Deno.execPath());
      return [
        executable,
        partialPath(executable),
        asidePath(executable),
        ...(access === "read" ? [Deno.execPath(), ownerFile(executable)] : []),
      ].map((path) => ({ name: path, path }));
    }
    case "download target":
      return downloadTargets(launch);
    case "kept input":
      return [anyPlace(keptInputPath(launch.token))];
    case "scratch folder":
      return [anyPlace(scratchPath(launch.token))];
    case "./.insforge/local":
    case "./.insforge/ephemeral":
      projectFolder(launch);
      return [dataDir(launch, ownPlace(launch, join(launch.projectRoot, file)))];
    case "./.insforge/snapshots":
    case "./.insforge/branches":
      projectFolder(launch);
      return [copies(launch, ownPlace(launch, join(launch.projectRoot, file)))];
  }
  if (file.startsWith("./")) {
    const place = ownPlace(launch, join(launch.projectRoot, file));
    return access === "write" ? withFresh(launch, place) : [place];
  }
  return (values.get(file) ?? []).flatMap((path) => typed(launch, path, access));
}

/** The file or folder that was typed; `-` is none. */
function typed(launch: LaunchFacts, path: string, access: "read" | "write"): Place[] {
  if (path === "-") return [];
  const place = typedPlace(launch, path, access);
  return access === "write" ? withFresh(launch, place) : [place];
}

/** The place of a file of the functions: below the folder that their sources are in. */
function functionPlace(launch: LaunchFacts, path: string): Place {
  return { name: path, path: placeWithin(realPlace(sourceRoot(launch)), path) };
}

/** The content of a file is written beside it first: the grant covers both. */
function withFresh({ token }: LaunchFacts, place: Place): Place[] {
  const fresh = freshPath(place.path, token);
  return [place, { name: fresh, path: fresh }];
}

/** The folder of the project's link, of which nothing may be a link of the file system. */
function projectFolder({ projectRoot, globalFolder }: LaunchFacts): Place {
  const path = join(projectRoot, ".insforge");
  requirePlain(path);
  requireTrusted(path, ["project.json"], globalFolder);
  requireOwnLinks(projectRoot);
  return { name: path, path };
}

/** A folder of copies, each a folder that has data directories in it. */
function copies(launch: LaunchFacts, place: Place): Place {
  return dataDir(launch, place, 3);
}

/** A local backend's folder: what it writes by itself must stay in there. */
function dataDir({ globalFolder }: LaunchFacts, place: Place, levels = 1): Place {
  requirePlain(place.path, levels);
  requireStateShape(place.path);
  requireTrusted(place.path, [STATE_FILES.keys], globalFolder);
  requireOwnState(place.path);
  return place;
}

/** Where `storage download` writes: the folder or file that is named, else the key's base name. */
function downloadTargets(launch: LaunchFacts): Place[] {
  const { cwd, invocation } = launch;
  const named = ["--output", "-o"].flatMap((name) => invocation.values.get(name) ?? []);
  if (named.length === 0 && invocation.flags.has("--recursive")) return [anyPlace(cwd)];
  const usual = usualTarget(cwd, invocation.operands[0] ?? "");
  const paths = named.length > 0 ? named : usual ? [usual] : [];
  return paths.filter((path) => path !== "-").flatMap((path) => {
    const place = typedPlace(launch, path, "write");
    const beside = [partialPath(place.path), partialTagPath(place.path)];
    return [place, ...beside.map((path) => ({ name: path, path }))];
  });
}

/** Where the rules of a project may be: above the deployed folder, though not above the project. */
function siteRules({ cwd, projectRoot }: LaunchFacts, folder: string): string[] {
  const above = dirname(absolutePath(cwd, folder));
  const isBelow = above.startsWith(projectRoot + SEPARATOR);
  return [...isBelow ? [above] : [], cwd, projectRoot].map((place) => join(place, "vercel.json"));
}
