/**
 * Builds apps of InsForge's public templates on new local backends and walks a person's way through
 * each: `./scripts/deno run --allow-all scripts/bars/template_apps.ts FOLDER [TEMPLATE…]`, where
 * the folder is a checkout of InsForge/insforge-templates. Prints a table of templates and steps,
 * and ends with 1 when a step failed.
 */
import { walk as filesOf } from "@std/fs/walk";
import { basename, join, relative } from "@std/path";
import { isThere } from "../../src/files/real_path.ts";
import { AppServer } from "./app_server.ts";
import { Browser } from "./browser.ts";
import { LocalBackend } from "./local_backend.ts";
import { install, node } from "./npm.ts";
import { confirm, signIn, signUp, type Walk, WALKS } from "./walks.ts";

const USER_STEPS = ["sign up", "confirm", "sign in"] as const;
const STEPS = [
  ...["schema", "functions", "build"] as const,
  ...USER_STEPS,
  ...["main thing", "reload", "sign out"] as const,
];
type Step = typeof STEPS[number];
type Outcome = Partial<Record<Step, "works" | "fails" | "—">>;

const [folder, ...wanted] = Deno.args;
if (!folder) {
  console.error("Name the folder of a checkout of InsForge/insforge-templates.");
  Deno.exit(2);
}
const outcomes: [string, Outcome][] = [];
for (const name of wanted.length > 0 ? wanted : Object.keys(WALKS)) {
  outcomes.push([name, await walk(join(folder, name), WALKS[name]!)]);
}
console.log(table(outcomes));
const failed = outcomes.some(([, outcome]) => Object.values(outcome).includes("fails"));
Deno.exit(failed ? 1 : 0);

async function walk(template: string, route: Walk): Promise<Outcome> {
  const outcome: Outcome = {};
  const step = async (name: Step, act: () => Promise<unknown>) => {
    try {
      await act();
      outcome[name] = "works";
    } catch (error) {
      outcome[name] = "fails";
      console.error(`${basename(template)}, ${name}: ${(error as Error).message}`);
      throw error;
    }
    console.error(`${basename(template)}, ${name}: works`);
  };
  await using backend = await LocalBackend.start();
  const app = backend.folder;
  await copyTree(template, app);
  try {
    await step("schema", () => loadSchema(backend, app, route));
    outcome.functions = "—";
    if (isThere(join(app, "functions"))) {
      await step("functions", () => deployFunctions(backend, join(app, "functions")));
    }
    await step("build", () => build(backend, app));
    await using server = await AppServer.start(app, route.framework);
    await using browser = await Browser.launch();
    const page = await browser.page();
    const { address } = server;
    if (route.hasUsers) {
      await step("sign up", () => signUp(page, address));
      await step("confirm", () => confirm(page, backend));
      await step("sign in", () => signIn(page, address));
    } else for (const name of USER_STEPS) outcome[name] = "—";
    let kept = "";
    await step("main thing", async () => void (kept = await route.main(page, address)));
    await step("reload", async () => {
      await page.reload();
      await page.shows(kept);
    });
    outcome["sign out"] = "—";
    if (route.signOut) {
      await step("sign out", async () => {
        await route.signOut!(page);
        await page.shows("Sign in");
      });
    }
  } catch {
    // What failed is in the table; what comes after it was not tried.
  }
  return outcome;
}

async function copyTree(from: string, to: string): Promise<void> {
  for await (const { path, isDirectory, isSymlink } of filesOf(from)) {
    const copied = join(to, relative(from, path));
    if (isDirectory) await Deno.mkdir(copied, { recursive: true });
    else if (isSymlink) await Deno.symlink(await Deno.readLink(path), copied);
    else await Deno.copyFile(path, copied);
  }
}

/** Loads what a template migrates with; what has no time in its name makes what others change. */
async function loadSchema(backend: LocalBackend, app: string, { sql, hasUsers }: Walk) {
  const migrations = join(app, "migrations");
  const names = isThere(migrations)
    ? (await Array.fromAsync(Deno.readDir(migrations))).map(({ name }) => name).sort()
    : [];
  names.sort((a, b) => Number(/^\d{14}/.test(a)) - Number(/^\d{14}/.test(b)));
  for (const name of names) await backend.insforge("db", "import", join(migrations, name));
  if (sql) await backend.insforge("db", "query", sql);
  if (hasUsers) await backend.insforge("auth", "config", "requireEmailVerification=true");
}

async function deployFunctions(backend: LocalBackend, folder: string): Promise<void> {
  for await (const { name } of Deno.readDir(folder)) {
    const slug = name.replace(/\.ts$/, "");
    await backend.insforge("functions", "deploy", slug, "--file", join(folder, name), "--no-check");
  }
}

async function build(backend: LocalBackend, app: string): Promise<void> {
  await backend.insforge("env", "pull");
  await install(app);
  const { success, stdout, stderr } = await node("npm", ["run", "build"], {
    cwd: app,
    stdin: "null",
    env: { NEXT_TELEMETRY_DISABLED: "1", CI: "1" },
  });
  const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  if (!success) throw new Error(said.slice(-1500));
}

/** The table of docs/templates.md. */
function table(outcomes: [string, Outcome][]): string {
  const line = (cells: string[]) => `| ${cells.join(" | ")} |`;
  const rows = outcomes.map(([name, outcome]) =>
    line([name, ...STEPS.map((step) => outcome[step] ?? "not tried")])
  );
  const rule = line(["---", ...STEPS.map(() => "---")]);
  return [line(["Template", ...STEPS]), rule, ...rows].join("\n");
}
