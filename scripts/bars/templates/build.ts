import { walk as filesOf } from "@std/fs/walk";
import { join, relative } from "@std/path";
import { isThere } from "../../../src/files/real_path.ts";
import { install, node } from "../npm.ts";
import { fontsModule } from "./fonts.ts";
import type { App, Walk } from "./walk.ts";

/** What an overlay says of itself; packages are added to those of the template below. */
interface OverlayManifest {
  readonly packageJsonPatch: Readonly<Record<string, Record<string, string>>>;
}

/**
 * Copies a template to where its app is built, an overlay above the template that it needs; tells
 * it of its backend, and installs its packages.
 */
export async function layOut(
  app: App,
  { templates, name, route: { over, versions, env } }: {
    templates: string;
    name: string;
    route: Walk;
  },
): Promise<void> {
  if (over) await copyTree(join(templates, over), app.folder);
  await copyTree(join(templates, name), app.folder);
  if (over) await addPackages(app.folder, versions);
  await app.backend.insforge("env", "pull");
  const variables = { NEXT_PUBLIC_APP_URL: app.address, ...await env?.(app) };
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}\n`);
  await Deno.writeTextFile(join(app.folder, ".env.local"), lines.join(""), { append: true });
  await install(app.folder);
}

async function copyTree(from: string, to: string): Promise<void> {
  for await (const { path, isDirectory, isSymlink } of filesOf(from)) {
    const copied = join(to, relative(from, path));
    if (isDirectory) await Deno.mkdir(copied, { recursive: true });
    else if (isSymlink) await Deno.symlink(await Deno.readLink(path), copied);
    else await Deno.copyFile(path, copied);
  }
}

async function addPackages(folder: string, versions: Walk["versions"]): Promise<void> {
  const read = async (name: string) => JSON.parse(await Deno.readTextFile(join(folder, name)));
  const { packageJsonPatch }: OverlayManifest = await read("manifest.json");
  const manifest = await read("package.json");
  for (const [part, added] of Object.entries(packageJsonPatch)) {
    manifest[part] = { ...added, ...manifest[part] };
  }
  Object.assign(manifest.dependencies, versions);
  await Deno.writeTextFile(join(folder, "package.json"), JSON.stringify(manifest));
  await Deno.remove(join(folder, "package-lock.json"));
}

/** Loads what a template migrates with; what has no time in its name makes what others change. */
export async function loadSchema(app: App, { prepare, users }: Walk): Promise<void> {
  const migrations = join(app.folder, "migrations");
  const names = isThere(migrations)
    ? (await Array.fromAsync(Deno.readDir(migrations))).map(({ name }) => name).sort()
    : [];
  names.sort((a, b) => Number(/^\d{14}/.test(a)) - Number(/^\d{14}/.test(b)));
  for (const name of names) await app.backend.insforge("db", "import", join(migrations, name));
  await prepare?.(app);
  if (users?.hasCodePage) {
    await app.backend.insforge("auth", "config", "requireEmailVerification=true");
  }
}

export async function deployFunctions({ backend, folder }: App): Promise<void> {
  const functions = join(folder, "functions");
  for await (const { name } of Deno.readDir(functions)) {
    const file = join(functions, name);
    const slug = name.replace(/\.ts$/, "");
    await backend.insforge("functions", "deploy", slug, "--file", file, "--no-check");
  }
}

/** @throws with the end of what the build said */
export async function build({ folder }: App, { framework }: Walk): Promise<void> {
  const fonts = join(folder, "fonts.cjs");
  await Deno.writeTextFile(fonts, fontsModule());
  const { success, stdout, stderr } = await node("npm", ["run", "build"], {
    cwd: folder,
    stdin: "null",
    env: {
      CI: "1",
      NEXT_TELEMETRY_DISABLED: "1",
      ...(framework === "next" && { NEXT_FONT_GOOGLE_MOCKED_RESPONSES: fonts }),
    },
  });
  const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  if (!success) throw new Error(said.slice(-1500));
}
