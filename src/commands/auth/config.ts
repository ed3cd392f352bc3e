import { Command } from "@cliffy/command";
import { getAuthConfig, updateAuthConfig } from "../../client/backend/auth.ts";
import type { Context, Run } from "../../cli/context.ts";
import { UsageError } from "../../core/errors.ts";
import type { Result } from "../../terminal/present.ts";
import { facts, success } from "../../terminal/view.ts";

/** What can be set, and how its value is written. */
const SETTINGS = {
  requireEmailVerification: flag,
  disableSignup: flag,
  passwordMinLength: count,
  requireNumber: flag,
  requireLowercase: flag,
  requireUppercase: flag,
  requireSpecialChar: flag,
  verifyEmailMethod: method,
  resetPasswordMethod: method,
  allowedRedirectUrls: list,
} as const;

type Setting = keyof typeof SETTINGS;

/** `insforge auth config`: the rules for sign-up and sign-in. */
export const config = (run: Run) =>
  new Command()
    .arguments("[settings...:string]")
    .example("Show the rules", "insforge auth config")
    .example("Ask for confirmed addresses", "insforge auth config requireEmailVerification=true")
    .example(
      "Allow redirects to one app",
      "insforge auth config allowedRedirectUrls=http://localhost:3000/**",
    )
    .action(run(runConfig));

/** Shows the rules, after they were changed if settings are given. */
async function runConfig(
  context: Context,
  _options: unknown,
  ...settings: string[]
): Promise<Result> {
  const changes = Object.fromEntries(settings.map(parseSetting));
  const backend = await context.backend();
  const config = settings.length > 0
    ? await updateAuthConfig(backend, changes)
    : await getAuthConfig(backend);
  const shown = facts(
    (Object.keys(SETTINGS) as Setting[]).map((name) => [name, textOf(config[name])]),
  );
  return {
    data: config,
    view: settings.length > 0 ? [success("Changed the rules."), shown] : shown,
  };
}

function parseSetting(setting: string): [Setting, unknown] {
  const [name, ...rest] = setting.split("=");
  if (!Object.hasOwn(SETTINGS, name!) || rest.length === 0) {
    throw new UsageError(`${setting} is no setting.`, {
      hint: `Write setting=value with one of: ${Object.keys(SETTINGS).join(", ")}.`,
    });
  }
  return [name as Setting, SETTINGS[name as Setting](rest.join("="), name!)];
}

function flag(value: string, name: string): boolean {
  if (value === "true" || value === "false") return value === "true";
  throw new UsageError(`${name} is true or false, not ${value}.`);
}

function count(value: string, name: string): number {
  if (/^\d{1,4}$/.test(value)) return Number(value);
  throw new UsageError(`${name} is a whole number, not ${value}.`);
}

function method(value: string, name: string): string {
  if (value === "code" || value === "link") return value;
  throw new UsageError(`${name} is code or link, not ${value}.`);
}

function list(value: string): string[] {
  return value.split(",").map((entry) => entry.trim()).filter(Boolean);
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.length > 0 ? value.join(", ") : "any";
  if (typeof value === "boolean") return value ? "yes" : "no";
  return value === null || value === undefined ? "any" : String(value);
}
