/** What is set at the backend, in the words of insforge.toml. */
import type { BackendSettings } from "../../client/backend/settings.ts";
import type { ConfigValues } from "./config_file.ts";
import type { Value } from "./setting_types.ts";
import { PASSWORD_REFERENCE, pathOf, type Setting, SETTINGS, SMTP } from "./settings.ts";

/**
 * The value of a setting at the backend; undefined where it does not have the setting, or has it in
 * a form that a file could not say.
 */
export function liveValue(live: BackendSettings, setting: Setting): Value | undefined {
  const fields = live[setting.area];
  if (!fields) return undefined;
  if (setting.section === SMTP) {
    if (setting.key === "password") return fields.hasPassword ? PASSWORD_REFERENCE : "";
    return setting.type.read(fields[setting.field]) ?? setting.preset;
  }
  if (setting.section === "deployments") return setting.type.read(fields[setting.field] ?? null);
  return Object.hasOwn(fields, setting.field)
    ? setting.type.read(fields[setting.field])
    : undefined;
}

/** What a file says of a backend as it is, and the settings that the backend does not have. */
export function exportedValues(
  live: BackendSettings,
): { values: ConfigValues; skipped: string[] } {
  const values = new Map<Setting, Value>();
  const missing: Setting[] = [];
  // Mail that was never set up has no values.
  const isMailBlank = live.smtp !== undefined && Object.keys(live.smtp).length === 0;
  for (const setting of SETTINGS) {
    const value = liveValue(live, setting);
    if (value === undefined) missing.push(setting);
    else if (isWritten(setting, value, isMailBlank)) values.set(setting, value);
  }
  return { values, skipped: skippedPaths(missing) };
}

function isWritten({ section, key }: Setting, value: Value, isMailBlank: boolean): boolean {
  if (section === SMTP) return !isMailBlank && !(key === "password" && value === "");
  return section !== "deployments" || value !== null;
}

/** A password policy that is missing altogether is named once. */
function skippedPaths(missing: readonly Setting[]): string[] {
  const policy = "auth.password";
  const isWhole = SETTINGS.filter(({ section }) => section === policy)
    .every((setting) => missing.includes(setting));
  const paths = missing.map((setting) =>
    isWhole && setting.section === policy ? policy : pathOf(setting)
  );
  return [...new Set(paths)];
}
