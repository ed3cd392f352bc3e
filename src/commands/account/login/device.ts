/** Login on a machine without a browser: the device grant of RFC 8628. */
import type { HttpClient } from "../../../client/http.ts";
import { authorizeDevice, pollDevice } from "../../../client/platform/oauth.ts";
import { readJsonFile, removeFile, writeJsonFile } from "../../../files/json_file.ts";
import { pendingDeviceFile } from "../../../config/paths.ts";
import type { TokenResponse } from "../../../shared/contract/platform.ts";
import type { Context } from "../../../cli/context.ts";
import { AuthError, HttpError, NetworkError, OperationError } from "../../../core/errors.ts";

/** What is kept of a login that was begun, in the form of InsForge's own CLI. */
interface Pending {
  device_code: string;
  user_code: string;
  verification_uri_complete: string;
  /** Seconds between two polls. */
  interval: number;
  /** ISO time. */
  expires_at: string;
  platform_url: string;
  client_id: string;
}

const DEFAULT_INTERVAL_S = 5;
const SLOW_DOWN_S = 5;
/** So many polls that get no answer in a row mean that none will come. */
const MOST_LOST_POLLS = 10;
/** A code with less life than this is not worth going on with. */
const LEAST_LIFE_MS = 60_000;

/** Logs in with a code that is approved elsewhere. @throws {AuthError} when denied or expired. */
export async function logInWithDevice(
  context: Context,
  platform: HttpClient,
  clientId: string,
): Promise<TokenResponse> {
  const pending = await resume(context, platform, clientId) ??
    await begin(context, platform, clientId);
  const { verification_uri_complete, user_code, expires_at } = pending;
  context.note(`Visit ${verification_uri_complete}`, {
    verification_uri_complete,
    user_code,
    expires_at,
  });
  context.note(`and check that it shows the code ${user_code}.`);
  try {
    const token = await poll(context, platform, pending);
    await forget(context);
    return token;
  } catch (error) {
    // What is over cannot be resumed; what only broke off can.
    if (error instanceof AuthError) await forget(context);
    throw error;
  }
}

async function begin(
  context: Context,
  platform: HttpClient,
  clientId: string,
): Promise<Pending> {
  const answer = await authorizeDevice(platform, clientId).catch((error) => {
    if (error instanceof HttpError && error.facts.reason === "unauthorized_client") {
      throw new OperationError("This platform offers no login by device.", "AUTH_ERROR", {
        hint: "Use --email or --user-api-key.",
        cause: error,
      });
    }
    throw error;
  });
  const expiresAt = context.clock.now().getTime() + answer.expires_in * 1000;
  const pending: Pending = {
    device_code: answer.device_code,
    user_code: answer.user_code,
    verification_uri_complete: answer.verification_uri_complete || answer.verification_uri,
    interval: Math.max(1, answer.interval ?? DEFAULT_INTERVAL_S),
    expires_at: new Date(expiresAt).toISOString(),
    platform_url: platform.baseUrl,
    client_id: clientId,
  };
  const { globalFolder } = context.launch;
  if (globalFolder) await writeJsonFile(pendingDeviceFile(globalFolder), { ...pending });
  return pending;
}

/** The login that an earlier run began and did not end, if it is still good here. */
async function resume(
  context: Context,
  platform: HttpClient,
  clientId: string,
): Promise<Pending | undefined> {
  const { globalFolder } = context.launch;
  if (!globalFolder) return undefined;
  const found = await readJsonFile(pendingDeviceFile(globalFolder)).catch(() => undefined);
  const pending = found as Pending | undefined;
  const isOurs = pending?.platform_url === platform.baseUrl && pending.client_id === clientId;
  const life = Date.parse(pending?.expires_at ?? "") - context.clock.now().getTime();
  return isOurs && life > LEAST_LIFE_MS ? pending : undefined;
}

async function poll(
  context: Context,
  platform: HttpClient,
  pending: Pending,
): Promise<TokenResponse> {
  using _progress = context.progress("Waiting for the approval");
  const deadline = Date.parse(pending.expires_at);
  let interval = pending.interval;
  let lost = 0;
  while (context.clock.now().getTime() < deadline) {
    await context.clock.sleep(interval * 1000, context.signal);
    try {
      return await pollDevice(platform, {
        clientId: pending.client_id,
        deviceCode: pending.device_code,
      });
    } catch (error) {
      if (error instanceof NetworkError) {
        if (++lost < MOST_LOST_POLLS) continue;
        throw new NetworkError(error.message, {
          hint: "Run `insforge login --device` again: it goes on with the same code.",
          cause: error,
        });
      }
      lost = 0;
      const reason = error instanceof HttpError ? error.facts.reason : undefined;
      if (reason === "authorization_pending") continue;
      if (reason === "slow_down") interval += SLOW_DOWN_S;
      else if (reason === "access_denied") throw new AuthError("The login was denied.");
      else if (reason === "expired_token") break;
      else throw error;
    }
  }
  throw new AuthError("The code of the login has expired.", {
    hint: "Run `insforge login --device` again.",
  });
}

async function forget({ launch }: Context): Promise<void> {
  if (launch.globalFolder) await removeFile(pendingDeviceFile(launch.globalFolder));
}
