/**
 * Builds apps of InsForge's public templates on new local backends and walks a person's way through
 * each: `./scripts/deno run --allow-all scripts/bars/template_apps.ts FOLDER [TEMPLATE…]`, where
 * the folder is a checkout of InsForge/insforge-templates. Prints a table of templates and steps,
 * and ends with 1 when a step failed.
 */
import { join } from "@std/path";
import { isThere } from "../../src/files/real_path.ts";
import { AppServer, freeAddress } from "./app_server.ts";
import { Browser } from "./browser.ts";
import { LocalBackend } from "./local_backend.ts";
import { build, deployFunctions, layOut, loadSchema } from "./templates/build.ts";
import { WALKS } from "./templates/mod.ts";
import { confirm, signIn, signUp } from "./templates/users.ts";
import type { Walk } from "./templates/walk.ts";

const STEPS = [
  "schema",
  "functions",
  "build",
  "visit",
  "sign up",
  "confirm",
  "sign in",
  "main thing",
  "reload",
  "sign out",
] as const;
type Step = typeof STEPS[number];
/** A step that a template does not have is `—`, and one after a failure is missing. */
type Outcome = Partial<Record<Step, "works" | "fails" | "—">>;

const [folder, ...wanted] = Deno.args;
if (!folder) {
  console.error("Name the folder of a checkout of InsForge/insforge-templates.");
  Deno.exit(2);
}
const outcomes: [string, Outcome][] = [];
for (const name of wanted.length > 0 ? wanted : Object.keys(WALKS)) {
  const route = WALKS[name];
  if (!route) {
    console.error(`There is no walk through ${name}, only: ${Object.keys(WALKS).join(", ")}.`);
    Deno.exit(2);
  }
  outcomes.push([name, await walk(folder, name, route)]);
}
console.log(table(outcomes));
const failed = outcomes.some(([, outcome]) => Object.values(outcome).includes("fails"));
Deno.exit(failed ? 1 : 0);

async function walk(templates: string, name: string, route: Walk): Promise<Outcome> {
  const outcome: Outcome = {};
  const attempt = async (step: Step, act: false | (() => Promise<unknown>)) => {
    if (!act) return outcome[step] = "—";
    try {
      await act();
      outcome[step] = "works";
    } catch (error) {
      outcome[step] = "fails";
      console.error(`${name}, ${step}: ${(error as Error).message}`);
      throw error;
    }
    console.error(`${name}, ${step}: works`);
  };
  await using backend = await LocalBackend.start();
  const app = { backend, folder: backend.folder, address: freeAddress() };
  const { users, visit, signOut } = route;
  try {
    await attempt("schema", async () => {
      await layOut(app, { templates, name, route });
      await loadSchema(app, route);
    });
    await attempt(
      "functions",
      isThere(join(app.folder, "functions")) && (() => deployFunctions(app)),
    );
    await attempt("build", () => build(app, route));
    await using _server = await AppServer.start(app.folder, app.address, route.framework);
    await using browser = await Browser.launch();
    const page = await browser.page();
    await attempt("visit", !!visit && (() => visit(page, app)));
    await attempt("sign up", !!users && (() => signUp(page, app, users)));
    await attempt("confirm", !!users?.hasCodePage && (() => confirm(page, app, users)));
    await attempt("sign in", !!users && (() => signIn(page, app, users)));
    let kept = "";
    await attempt("main thing", async () => void (kept = await route.main(page, app)));
    await attempt("reload", async () => {
      await page.reload();
      await page.shows(kept);
    });
    await attempt(
      "sign out",
      !!signOut && (async () => {
        await signOut(page);
        await page.shows("Sign in");
      }),
    );
  } catch {
    // What failed is in the table; what comes after it was not tried.
  }
  return outcome;
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
