/** `~/.insforge/config.json`: what holds for every project of this account. */
import { configFile } from "./paths.ts";
import {
  type JsonObject,
  readJsonFile,
  readJsonFileIfSound,
  writeJsonFile,
} from "../files/json_file.ts";

export const DEFAULT_PLATFORM_URL = "https://api.insforge.dev";

export interface GlobalConfig extends JsonObject {
  platform_api_url?: string;
  default_org_id?: string;
  oauth_client_id?: string;
  /** Hosts, beside those of the command, that requests may reach. */
  allowed_hosts?: string[];
  /** Folders that are used although another user can have filled them. */
  safe_directories?: string[];
}

/** Reads the settings; none where there is no file or no home. @throws {FileError} */
export async function readGlobalConfig(globalFolder: string | undefined): Promise<GlobalConfig> {
  if (!globalFolder) return {};
  return checked(await readJsonFile(configFile(globalFolder)) ?? {});
}

/** The launcher's form of {@link readGlobalConfig}, which never fails. */
export function readGlobalConfigSync(globalFolder: string | undefined): GlobalConfig {
  return globalFolder ? checked(readJsonFileIfSound(configFile(globalFolder))) : {};
}

/** Changes some settings and keeps the rest, unknown ones included; `undefined` removes one. */
export async function updateGlobalConfig(
  globalFolder: string,
  changes: Partial<GlobalConfig>,
): Promise<void> {
  const current = await readGlobalConfig(globalFolder);
  await writeJsonFile(configFile(globalFolder), { ...current, ...changes });
}

function checked(value: JsonObject): GlobalConfig {
  const texts = (list: unknown) =>
    Array.isArray(list) && list.every((entry) => typeof entry === "string") ? list : undefined;
  return {
    ...value,
    allowed_hosts: texts(value.allowed_hosts),
    safe_directories: texts(value.safe_directories),
  };
}
