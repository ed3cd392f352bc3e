/** What a file would change at the backend. */
import type { BackendSettings, SettingsArea } from "../../client/backend/settings.ts";
import type { ConfigValues } from "./config_file.ts";
import { liveValue } from "./live.ts";
import { secretOf, type Value } from "./setting_types.ts";
import { pathOf, SETTINGS, SMTP } from "./settings.ts";

/** The values of the section that is changed as a whole; its password is a word about it. */
export type SectionValues = Readonly<Record<string, Value>>;

/** One change, as `--json` shows it. */
export interface Change {
  readonly section: string;
  readonly op: "modify";
  readonly key: string;
  readonly from: Value | SectionValues;
  readonly to: Value | SectionValues;
  /** The secret that a password is read from: it is sent each time, for nobody can compare it. */
  readonly passwordEnvRef?: string;
}

export interface Plan {
  readonly changes: readonly Change[];
  readonly summary: {
    readonly add: number;
    readonly modify: number;
    readonly remove: number;
    readonly kept: number;
  };
  /** The changes that the backend does not know, by path. */
  readonly skipped: readonly string[];
}

/** Compares a file with the backend: what the file does not name stays as it is. */
export function planOf(live: BackendSettings, file: ConfigValues): Plan {
  const changes: Change[] = [];
  const skipped: string[] = [];
  const add = (change: Change, isKnown: boolean) => {
    changes.push(change);
    if (!isKnown) skipped.push(pathOf(change));
  };
  for (const setting of SETTINGS) {
    const to = file.get(setting);
    if (to === undefined || setting.section === SMTP) continue;
    const current = liveValue(live, setting);
    const from = current ?? setting.preset;
    const { section, key } = setting;
    if (!isSame(from, to)) add({ section, op: "modify", key, from, to }, current !== undefined);
  }
  const mail = mailChange(live, file);
  if (mail) add(mail, live.smtp !== undefined);
  const summary = { add: 0, modify: changes.length, remove: 0, kept: 0 };
  return { changes: changes.sort((a, b) => placeOf(a) - placeOf(b)), summary, skipped };
}

/** The fields of an area that changes set, in the backend's names; a password is not among them. */
export function fieldsOf(
  changes: readonly Change[],
  area: SettingsArea,
): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const change of changes) {
    for (const setting of SETTINGS) {
      if (setting.area !== area || setting.section !== change.section) continue;
      if (setting.section !== SMTP) {
        // Its route has another name for it than the metadata.
        const name = area === "deployments" ? "slug" : setting.field;
        if (setting.key === change.key) fields[name] = change.to;
      } else if (setting.key !== "password") {
        fields[setting.field] = (change.to as SectionValues)[setting.key];
      }
    }
  }
  return fields;
}

function mailChange(live: BackendSettings, file: ConfigValues): Change | undefined {
  const settings = SETTINGS.filter(({ section }) => section === SMTP);
  if (!settings.some((setting) => file.has(setting))) return undefined;
  const from: Record<string, Value> = {};
  const to: Record<string, Value> = {};
  let secret: string | undefined;
  for (const setting of settings) {
    const { key, preset } = setting;
    const current = liveValue(live, setting) ?? preset;
    const wanted = file.get(setting);
    if (key === "password") {
      secret = wanted === undefined ? undefined : secretOf(String(wanted));
      from[key] = current === "" ? "(unset)" : "(set)";
      to[key] = secret ? `env(${secret})` : "(unchanged)";
    } else {
      from[key] = current;
      to[key] = wanted ?? current;
    }
  }
  const isChanged = settings.some(({ key }) => key !== "password" && !isSame(from[key]!, to[key]!));
  if (!isChanged && secret === undefined) return undefined;
  const change: Change = { section: SMTP, op: "modify", key: "config", from, to };
  return secret === undefined ? change : { ...change, passwordEnvRef: secret };
}

function isSame(a: Value, b: Value): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Where a change stands among the settings. */
function placeOf({ section, key }: Change): number {
  return SETTINGS.findIndex((one) =>
    one.section === section && (section === SMTP || one.key === key)
  );
}
