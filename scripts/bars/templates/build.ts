import { walk as filesOf } from "@std/fs/walk";
import { join, relative } from "@std/path";
import { isThere } from "../../../src/files/real_path.ts";
import { install, node } from "../npm.ts";
import { fontsModule } from "./fonts.ts";
import type { App, Walk } from "./walk.ts";

/** Copies a template to where its app is built, tells it of its backend, installs its packages. */
export async function layOut(app: App, template: string, { env }: Walk): Promise<void> {
  for await (const { path, isDirectory, isSymlink } of filesOf(template)) {
    const copied = join(app.folder, relative(template, path));
    if (isDirectory) await Deno.mkdir(copied, { recursive: true });
    else if (isSymlink) await Deno.symlink(await Deno.readLink(path), copied);
    else await Deno.copyFile(path, copied);
  }
  await app.backend.insforge("env", "pull");
  const variables = { NEXT_PUBLIC_APP_URL: app.address, ...await env?.(app) };
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}\n`);
  await Deno.writeTextFile(join(app.folder, ".env.local"), lines.join(""), { append: true });
  await install(app.folder);
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
