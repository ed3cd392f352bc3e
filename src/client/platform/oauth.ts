/** The platform's OAuth endpoints: sections 2.1 to 2.4 of the HTTP contract. */
import type { HttpClient } from "../http.ts";
import type { Caller } from "./connection.ts";
import { readGlobalConfig } from "../../config/global.ts";
import type { DeviceAuthorization, TokenResponse } from "../../shared/contract/platform.ts";

/** InsForge's public client. */
const CLIENT_ID = "clf_NK8cMUs41gm8ZcfdtSguVw";

const SCOPE = "user:read organizations:read projects:read projects:write";

/** The client's id: the flag, the configuration, or the public one. @throws {FileError} */
export async function clientId(caller: Caller, flag?: string): Promise<string> {
  if (flag) return flag;
  const { oauth_client_id } = await readGlobalConfig(caller.launch.globalFolder);
  return oauth_client_id || CLIENT_ID;
}

/** The address that a browser opens to log in. */
export function authorizeUrl(
  platform: HttpClient,
  query: { clientId: string; redirectUri: string; challenge: string; state: string },
): string {
  const url = new URL(`${platform.baseUrl}/api/oauth/v1/authorize`);
  url.search = new URLSearchParams({
    client_id: query.clientId,
    redirect_uri: query.redirectUri,
    response_type: "code",
    scope: SCOPE,
    code_challenge: query.challenge,
    code_challenge_method: "S256",
    state: query.state,
  }).toString();
  return url.href;
}

/** Exchanges the code of a browser login. @throws {HttpError} */
export function exchangeCode(
  platform: HttpClient,
  grant: { clientId: string; code: string; redirectUri: string; verifier: string },
): Promise<TokenResponse> {
  return token(platform, {
    grant_type: "authorization_code",
    code: grant.code,
    redirect_uri: grant.redirectUri,
    client_id: grant.clientId,
    code_verifier: grant.verifier,
  });
}

/** Gets a new access token, and mostly a new refresh token. @throws {HttpError} */
export function refresh(
  platform: HttpClient,
  grant: { clientId: string; refreshToken: string },
): Promise<TokenResponse> {
  return token(platform, {
    grant_type: "refresh_token",
    refresh_token: grant.refreshToken,
    client_id: grant.clientId,
  });
}

/** Asks whether a device login was approved. @throws {HttpError} with the OAuth error as code. */
export function pollDevice(
  platform: HttpClient,
  grant: { clientId: string; deviceCode: string },
): Promise<TokenResponse> {
  return token(platform, {
    grant_type: "urn:ietf:params:oauth:grant-type:device_code",
    device_code: grant.deviceCode,
    client_id: grant.clientId,
  });
}

/** Begins a device login. @throws {HttpError} */
export function authorizeDevice(
  platform: HttpClient,
  clientId: string,
): Promise<DeviceAuthorization> {
  return platform.json("POST", "/api/oauth/v1/device_authorization", {
    json: { client_id: clientId, scope: SCOPE },
  });
}

function token(platform: HttpClient, json: Record<string, string>): Promise<TokenResponse> {
  return platform.json("POST", "/api/oauth/v1/token", { json });
}
