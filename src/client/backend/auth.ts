/** Users, sign-in rules and tokens of the linked backend. */
import type {
  AuthConfigSchema,
  CreateUserResponse,
  ListUsersResponse,
  UpdateAuthConfigRequest,
  UserSchema,
} from "../../shared/contract/backend.ts";
import { HttpError, NotFoundError, OperationError } from "../../core/errors.ts";
import { path } from "../address.ts";
import type { HttpClient } from "../http.ts";

const BASE = "/api/auth";
/** How many users with a similar address are looked through for the one that is meant. */
const LOOKUP = 100;

/** One page of users, newest first. @param search a part of the address or the name */
export function listUsers(
  backend: HttpClient,
  { search, limit, offset }: { search?: string; limit: number; offset: number },
): Promise<ListUsersResponse> {
  const query = new URLSearchParams({ limit: String(limit), offset: String(offset) });
  if (search) query.set("search", search);
  return backend.json("GET", `${BASE}/users?${query}`);
}

/** The user with an id or an address. @throws {NotFoundError} */
export async function findUser(backend: HttpClient, user: string): Promise<UserSchema> {
  if (!user.includes("@")) {
    return await backend.json("GET", `${BASE}/users${path(user)}`);
  }
  const email = user.toLowerCase();
  const { data } = await listUsers(backend, { search: email, limit: LOOKUP, offset: 0 });
  const found = data.find((candidate) => candidate.email.toLowerCase() === email);
  if (found) return found;
  throw new NotFoundError(`There is no user ${user}.`, {
    hint: "`insforge auth users list` shows who there is.",
  });
}

/** Adds a user as the owner. */
export function createUser(
  backend: HttpClient,
  user: { email: string; password: string; name?: string; autoConfirm: boolean },
): Promise<CreateUserResponse> {
  return backend.json("POST", `${BASE}/users`, { json: user });
}

/** Deletes users with all that refers to them. */
export function deleteUsers(
  backend: HttpClient,
  userIds: readonly string[],
): Promise<{ readonly deletedCount: number }> {
  return backend.json("DELETE", `${BASE}/users`, { json: { userIds } });
}

/** The rules for sign-up and sign-in. */
export function getAuthConfig(backend: HttpClient): Promise<AuthConfigSchema> {
  return backend.json("GET", `${BASE}/config`);
}

/** Changes what is given of the rules. */
export function updateAuthConfig(
  backend: HttpClient,
  changes: UpdateAuthConfigRequest,
): Promise<AuthConfigSchema> {
  return backend.json("PUT", `${BASE}/config`, { json: changes });
}

/** A token to act as a user with. */
export interface UserToken {
  readonly accessToken: string;
  /** ISO time. */
  readonly expiresAt: string;
  readonly user: { readonly id: string; readonly email: string };
}

/** Signs a token of a user, which only a local backend does. @throws {OperationError} */
export async function signUserToken(
  backend: HttpClient,
  userId: string,
  minutes: number,
): Promise<UserToken> {
  try {
    return await backend.json("POST", "/api/local/tokens", { json: { userId, minutes } });
  } catch (error) {
    throw error instanceof HttpError && error.status === 404 ? localOnly() : error;
  }
}

/** What only a local backend has is asked of another one. */
export function localOnly(): OperationError {
  return new OperationError("The linked project is not a local backend.", "NOT_LOCAL", {
    hint: "Start one with `insforge local start`, which also links this directory to it.",
  });
}

/** The key that apps hand to their visitors. @throws {OperationError} when there is none */
export async function anonKey(backend: HttpClient): Promise<string> {
  const answer = await backend.json<{ accessToken?: string }>("POST", `${BASE}/tokens/anon`, {
    idempotent: true,
  });
  // It is written into files of variables, where nothing of it may count as another line.
  const token = answer?.accessToken;
  if (typeof token === "string" && /^[\w.~+/=-]+$/.test(token)) return token;
  throw new OperationError("The backend gave no anonymous key.", "INVALID_RESPONSE", {
    hint: "Check that the address is that of an InsForge backend.",
  });
}
