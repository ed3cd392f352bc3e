/** `~/.insforge/credentials.json`: the account's tokens, in the form of InsForge's own CLI. */
import { type JsonObject, readJsonFile, removeFile, writeJsonFile } from "../files/json_file.ts";
import { credentialsFile } from "./paths.ts";

export interface Credentials extends JsonObject {
  access_token?: string;
  refresh_token?: string;
  /** A `uak_` key: it is the bearer itself and never expires by refresh. */
  user_api_key?: string;
  user?: { id: string; name: string; email: string };
}

/** Reads the tokens; none where there is no file or no home. @throws {FileError} */
export async function readCredentials(
  globalFolder: string | undefined,
): Promise<Credentials | undefined> {
  const value = globalFolder ? await readJsonFile(credentialsFile(globalFolder)) : undefined;
  return value && checked(value);
}

/** A token that is no text is none. */
function checked(value: JsonObject): Credentials {
  const text = (token: unknown) => typeof token === "string" ? token : undefined;
  return {
    ...value,
    access_token: text(value.access_token),
    refresh_token: text(value.refresh_token),
    user_api_key: text(value.user_api_key),
  };
}

/** Writes the tokens, mode 0600, whole or not at all. @throws {FileError} */
export async function writeCredentials(
  globalFolder: string,
  credentials: Credentials,
): Promise<void> {
  await writeJsonFile(credentialsFile(globalFolder), credentials);
}

/** Forgets the tokens. @throws {FileError} */
export async function removeCredentials(globalFolder: string): Promise<void> {
  await removeFile(credentialsFile(globalFolder));
}
