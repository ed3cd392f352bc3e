/** Speaking to the platform as the account that is logged in. */
import { readCredentials, writeCredentials } from "../../config/credentials.ts";
import { credentialsFile } from "../../config/paths.ts";
import { AuthError, FileError, NetworkError, withHint } from "../../core/errors.ts";
import { withFileLock } from "../../files/file_lock.ts";
import { HttpClient } from "../http.ts";
import {
  anonymousPlatform,
  type Caller,
  LOG_IN,
  platformError,
  platformUrl,
} from "./connection.ts";

/**
 * A client with the account's token, which renews it once when it is refused.
 * @throws {AuthError} when there is no token.
 */
export async function platformClient(caller: Caller): Promise<HttpClient> {
  let bearer = await accountToken(caller);
  return new HttpClient({
    ...caller.surroundings,
    baseUrl: await platformUrl(caller),
    bearer: async () => bearer ??= await renewToken(caller, undefined),
    toError: (refusal, request) => {
      const error = platformError(refusal, request);
      return error.status === 401 && caller.env(TOKEN_VARIABLE)
        ? withHint(error, BAD_TOKEN)
        : error;
    },
    renew: async () => {
      if (caller.env(TOKEN_VARIABLE)) return false;
      bearer = await renewToken(caller, bearer);
      return true;
    },
  });
}

const TOKEN_VARIABLE = "INSFORGE_ACCESS_TOKEN";

const BAD_TOKEN =
  `${TOKEN_VARIABLE} is not accepted: set a valid token, or unset it and log in with ` +
  "`insforge login`.";

/** The bearer at hand; `undefined` when there is only a refresh token. @throws {AuthError} */
async function accountToken({ env, launch }: Caller): Promise<string | undefined> {
  const variable = env(TOKEN_VARIABLE);
  if (variable) return variable;
  const credentials = await readCredentials(launch.globalFolder);
  const token = credentials?.user_api_key || credentials?.access_token;
  if (token || credentials?.refresh_token) return token || undefined;
  throw new AuthError("You are not logged in.", { hint: LOG_IN });
}

/**
 * Replaces a refused token. One process at a time: who comes second finds the token that the first
 * one stored, because a refresh token is good for one use.
 */
async function renewToken(
  caller: Caller,
  refused: string | undefined,
): Promise<string> {
  const { globalFolder } = caller.launch;
  if (!globalFolder) throw new AuthError("You are not logged in.", { hint: LOG_IN });
  return await withFileLock(credentialsFile(globalFolder), async () => {
    const credentials = await readCredentials(globalFolder) ?? {};
    const { user_api_key, access_token, refresh_token } = credentials;
    const current = user_api_key || access_token;
    if (current && current !== refused) return current;
    if (user_api_key) {
      throw new AuthError("The stored user API key is revoked or has expired.", { hint: LOG_IN });
    }
    if (refresh_token?.startsWith("uak_")) {
      // Written so by early versions of InsForge's own CLI.
      const promoted = { user_api_key: refresh_token, access_token: "", refresh_token: "" };
      await writeCredentials(globalFolder, { ...credentials, ...promoted });
      return refresh_token;
    }
    if (!refresh_token) throw new AuthError("Your login has expired.", { hint: LOG_IN });
    const { clientId, refresh } = await import("./oauth.ts");
    const answer = await refresh(await anonymousPlatform(caller), {
      clientId: await clientId(caller),
      refreshToken: refresh_token,
    }).catch((error) => {
      if (error instanceof NetworkError) throw error;
      throw new AuthError("Your login has expired.", { hint: LOG_IN, cause: error });
    });
    await writeCredentials(globalFolder, {
      ...credentials,
      access_token: answer.access_token,
      refresh_token: answer.refresh_token || refresh_token,
    }).catch((error) => {
      if (!(error instanceof FileError)) throw error;
      caller.warn(`The renewed login could not be stored. ${error.message}`);
    });
    return answer.access_token;
  });
}
