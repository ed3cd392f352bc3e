/** The text of insforge.toml, and what it says. */
import { join } from "@std/path";
import { FileError } from "../../core/errors.ts";
import { PASSWORD_REFERENCE, SECTIONS, type Setting, SETTINGS, SMTP } from "./settings.ts";
import type { Value } from "./setting_types.ts";

/** Tables of settings, and tables in them. */
export interface ConfigDocument {
  [name: string]: Value | ConfigDocument;
}

/** What a file sets, by {@link Setting}. */
export type ConfigValues = ReadonlyMap<Setting, Value>;

export interface ReadConfig {
  readonly values: ConfigValues;
  /** What stands in the file and means nothing. */
  readonly unknown: readonly string[];
}

/** Where the file is, unless another is named. */
export function usualConfigFile(projectRoot: string): string {
  return join(projectRoot, "insforge.toml");
}

/**
 * Reads the text of a file.
 * @param path what messages call it
 * @throws {FileError} for what is no TOML, or no value of a setting: never with the value
 */
export async function parseConfig(source: string, path: string): Promise<ReadConfig> {
  const root = await parseToml(source, path);
  const values = new Map<Setting, Value>();
  const unknown: string[] = [];
  const visit = (table: Record<string, unknown>, section: string) => {
    for (const [key, found] of Object.entries(table)) {
      const name = section === "" ? key : `${section}.${key}`;
      if (SECTIONS.includes(name)) {
        if (!isTable(found)) throw new FileError(`${path}: ${name} must be a table.`);
        visit(found, name);
        continue;
      }
      const setting = SETTINGS.find((one) => one.section === section && one.key === key);
      if (!setting) {
        // Tells for which project the file is, which decides nothing.
        if (name !== "project_id") unknown.push(name);
        continue;
      }
      const value = setting.type.read(found);
      if (value === undefined) throw unfit(path, name, setting);
      values.set(setting, value);
    }
  };
  visit(root, "");
  return { values, unknown };
}

/** The text of a file that says this. */
export async function renderConfig(config: ConfigDocument): Promise<string> {
  const { stringify } = await import("smol-toml");
  const head =
    "# Settings of an InsForge backend: `insforge config plan` compares them with it.\n\n";
  return head + stringify(writable(config)) + "\n";
}

/** Puts values into the tables that they belong to. */
export function documentOf(values: ConfigValues): ConfigDocument {
  const root: ConfigDocument = {};
  for (const setting of SETTINGS) {
    const value = values.get(setting);
    if (value === undefined) continue;
    const table = setting.section.split(".").reduce(
      (parent, name) => (parent[name] ??= {}) as ConfigDocument,
      root,
    );
    table[setting.key] = value;
  }
  return root;
}

/** TOML has no null: 0 days are for ever. */
function writable(config: ConfigDocument): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(config).map(([name, value]) => [
      name,
      value === null ? 0 : isTable(value) ? writable(value as ConfigDocument) : value,
    ]),
  );
}

async function parseToml(source: string, path: string): Promise<Record<string, unknown>> {
  const { parse, TomlError } = await import("smol-toml");
  try {
    return parse(source);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    // What follows the first line is the place in the file, where a password may stand.
    const [what] = error.message.replace("Invalid TOML document: ", "").split("\n");
    throw new FileError(`${path} is no TOML: line ${error.line}: ${what}.`, {
      hint: "`insforge config export --out FILE` writes one to compare it with.",
    });
  }
}

function unfit(path: string, name: string, setting: Setting): FileError {
  const isPassword = setting.section === SMTP && setting.key === "password";
  return new FileError(`${path}: ${name} must be ${setting.type.wants}.`, {
    hint: isPassword
      ? "Run `insforge secrets add SMTP_PASSWORD -`, and write " +
        `password = "${PASSWORD_REFERENCE}" into the file.`
      : undefined,
  });
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) &&
    !(value instanceof Date);
}
