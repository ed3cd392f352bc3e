/** The settings of a backend's areas; backends of different ages have different ones. */
import { ifKnown } from "../absent.ts";
import type { HttpClient } from "../http.ts";
import { getMetadata } from "./metadata.ts";

/** The areas that have settings. */
export type SettingsArea = "auth" | "smtp" | "deployments" | "storage" | "realtime" | "schedules";

/** The settings of an area, in the backend's own names. */
export type AreaSettings = Readonly<Record<string, unknown>>;

/** What a backend tells of its settings; an area that it does not know is absent. */
export type BackendSettings = Readonly<Partial<Record<SettingsArea, AreaSettings>>>;

/** Where an area is written, and read where the metadata does not tell of it. */
const ROUTES = {
  auth: ["PUT", "/api/auth/config"],
  smtp: ["PUT", "/api/auth/smtp-config"],
  deployments: ["PUT", "/api/deployments/slug"],
  storage: ["PUT", "/api/storage/config"],
  realtime: ["PATCH", "/api/realtime/config"],
  schedules: ["PATCH", "/api/schedules/config"],
} as const;

const READ_BY_ROUTE = ["storage", "realtime", "schedules"] as const;

/** Reads all settings: the metadata (contract section 5.3), and what has a route of its own. */
export async function readSettings(backend: HttpClient): Promise<BackendSettings> {
  const { auth, deployments } = await getMetadata(backend);
  const settings: Partial<Record<SettingsArea, AreaSettings>> = {};
  if (isObject(auth)) {
    settings.auth = auth;
    // Null stands for mail that was never set up.
    if ("smtpConfig" in auth) settings.smtp = isObject(auth.smtpConfig) ? auth.smtpConfig : {};
  }
  if (isObject(deployments)) settings.deployments = deployments;
  for (const area of READ_BY_ROUTE) {
    const found = await ifKnown(backend.json("GET", ROUTES[area][1]));
    if (isObject(found)) settings[area] = found;
  }
  return settings;
}

/** Changes what is given of an area; of `smtp` all has to be given but the password. */
export async function writeSettings(
  backend: HttpClient,
  area: SettingsArea,
  changes: AreaSettings,
): Promise<void> {
  const [method, path] = ROUTES[area];
  await backend.json(method, path, { json: changes, idempotent: true });
}

function isObject(value: unknown): value is AreaSettings {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
