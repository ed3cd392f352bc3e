/** Secrets endpoints: section 9 of the HTTP contract. */
import { OperationError } from "../../core/errors.ts";
import { path } from "../address.ts";
import type { HttpClient } from "../http.ts";

/** A secret without its value. */
export interface Secret {
  readonly id: string;
  readonly key: string;
  readonly isActive: boolean;
  readonly isReserved: boolean;
  readonly lastUsedAt?: string | null;
  readonly expiresAt?: string | null;
  readonly createdAt?: string;
  readonly updatedAt?: string;
}

/** What may be changed of a secret; `expiresAt: null` takes the expiry away. */
export interface SecretChanges {
  readonly value?: string;
  readonly isActive?: boolean;
  readonly isReserved?: boolean;
  readonly expiresAt?: string | null;
}

/** What the backend says of a change. */
export interface Confirmation {
  readonly success?: boolean;
  readonly message?: string;
  readonly id?: string;
}

const BASE = "/api/secrets";

/** All secrets, inactive ones included; never their values. */
export async function listSecrets(backend: HttpClient): Promise<Secret[]> {
  const answer = await backend.json<Secret[] | { secrets?: Secret[] }>("GET", BASE);
  return Array.isArray(answer) ? answer : answer?.secrets ?? [];
}

/** The value of an active secret. @throws {HttpError} 404 */
export function getSecret(
  backend: HttpClient,
  key: string,
): Promise<{ readonly key: string; readonly value: string }> {
  return backend.json("GET", BASE + path(key));
}

/** Creates a secret, or revives an inactive one. @throws {HttpError} 409 when there is one */
export function createSecret(
  backend: HttpClient,
  secret: {
    readonly key: string;
    readonly value: string;
    readonly isReserved?: boolean;
    readonly expiresAt?: string;
  },
): Promise<Confirmation> {
  return backend.json("POST", BASE, { json: secret });
}

/** Changes a secret, active or not. @throws {HttpError} 404, 403 when it is reserved */
export function updateSecret(
  backend: HttpClient,
  key: string,
  changes: SecretChanges,
): Promise<Confirmation> {
  return backend.json("PUT", BASE + path(key), { json: changes });
}

/** Marks a secret inactive. @throws {HttpError} 404, 403 when it is reserved */
export function deleteSecret(backend: HttpClient, key: string): Promise<Confirmation> {
  return backend.json("DELETE", BASE + path(key));
}

/** The keys that open a backend. */
export type KeyKind = "api-key" | "anon-key";

/** Replaces a key; never sent twice. @param graceHours how long the old one goes on working */
export async function rotateKey(
  backend: HttpClient,
  kind: KeyKind,
  graceHours: number | undefined,
): Promise<{ readonly key: string; readonly oldKeyExpiresAt?: string }> {
  const answer = await backend.json<
    { apiKey?: string; anonKey?: string; oldKeyExpiresAt?: string } | undefined
  >("POST", `${BASE}/${kind}/rotate`, { json: { gracePeriodHours: graceHours } });
  const key = answer?.apiKey ?? answer?.anonKey;
  if (!key) {
    throw new OperationError(
      `The backend did not say what the new ${kind} is.`,
      "INVALID_RESPONSE",
      {
        hint: "Link the project again: the old key may have ended.",
      },
    );
  }
  return { key, oldKeyExpiresAt: answer?.oldKeyExpiresAt };
}
