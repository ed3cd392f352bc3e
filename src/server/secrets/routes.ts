import { createSecretRequestSchema } from "@insforge/shared-schemas";
import { Hono } from "hono";
import { requireAdmin } from "../http/authenticate.ts";
import { ApiError } from "../http/api_error.ts";
import type { KeyKind } from "../keys/keys.ts";
import type { Area, LocalBackend, RequestContext, RequestVariables } from "../services.ts";
import { parseValue, readJson } from "../http/validate.ts";
import type { Secret, SecretChanges } from "./store.ts";

const KEY_PATTERN = /^[A-Z0-9_]+$/;

/** Longest grace period in hours, and the default, of a rotated key. */
const GRACE: Record<KeyKind, { most: number; usual: number }> = {
  api: { most: 168, usual: 24 },
  anon: { most: 720, usual: 168 },
};

/** Secrets (contract section 9). */
export function secrets(backend: LocalBackend): Area {
  const store = backend.secrets;

  async function changeable(key: string): Promise<Secret> {
    const secret = await store.find(key);
    if (!secret) throw notFound(key);
    if (secret.isReserved) {
      throw new ApiError(403, "FORBIDDEN", `${key} is reserved and cannot be changed`);
    }
    return secret;
  }

  const rotate = (kind: KeyKind) => async (context: RequestContext) => {
    const hours = await graceHours(context, kind);
    const { key, oldKeyExpiresAt } = await backend.keys.rotate(kind, hours * 3_600_000);
    return context.json({
      success: true,
      message: `The ${kind} key was rotated; the old one works until ${oldKeyExpiresAt}`,
      [kind === "api" ? "apiKey" : "anonKey"]: key,
      oldKeyExpiresAt,
    });
  };

  return new Hono<RequestVariables>()
    .use(requireAdmin(backend))
    .get("/", async (context) => context.json({ secrets: await store.list() }))
    .get("/:key", async (context) => {
      const key = context.req.param("key");
      const value = await store.read(key);
      if (value === undefined) throw notFound(key);
      return context.json({ key, value });
    })
    .post("/", async (context) => {
      const body = await readJson(context);
      const { key, value } = parseValue(body, createSecretRequestSchema);
      const { isReserved = false, expiresAt } = checkedChanges(body);
      if (!KEY_PATTERN.test(key)) {
        throw new ApiError(
          400,
          "INVALID_INPUT",
          "A key consists of upper-case letters, digits and underscores, such as STRIPE_API_KEY",
        );
      }
      const existing = await store.find(key);
      if (existing?.isActive) {
        throw new ApiError(409, "SECRET_ALREADY_EXISTS", `There is a secret ${key} already`);
      }
      const id = await store.create({ key, value, isReserved, expiresAt: expiresAt ?? undefined });
      return context.json({ success: true, message: `Secret ${key} was created`, id }, 201);
    })
    .post("/api-key/rotate", rotate("api"))
    .post("/anon-key/rotate", rotate("anon"))
    .put("/:key", async (context) => {
      const key = context.req.param("key");
      const changes = checkedChanges(await readJson(context));
      await changeable(key);
      await store.update(key, changes);
      return context.json({ success: true, message: `Secret ${key} was updated` });
    })
    .delete("/:key", async (context) => {
      const key = context.req.param("key");
      await changeable(key);
      await store.update(key, { isActive: false });
      return context.json({ success: true, message: `Secret ${key} was deleted` });
    });
}

function notFound(key: string): ApiError {
  return new ApiError(404, "SECRET_NOT_FOUND", `There is no secret ${key}`);
}

function checkedChanges(body: unknown): SecretChanges {
  const { value, isActive, isReserved, expiresAt } = body as Record<string, unknown>;
  const wrong = (field: string, type: string) =>
    new ApiError(400, "INVALID_INPUT", `${field}: expected ${type}`);
  if (value !== undefined && (typeof value !== "string" || value === "")) {
    throw wrong("value", "a text that is not empty");
  }
  if (isActive !== undefined && typeof isActive !== "boolean") throw wrong("isActive", "a boolean");
  if (isReserved !== undefined && typeof isReserved !== "boolean") {
    throw wrong("isReserved", "a boolean");
  }
  const changes: SecretChanges = {
    value,
    isActive,
    isReserved,
    expiresAt: expiresAt === null ? null : checkedDate(expiresAt),
  };
  if (Object.values(changes).every((change) => change === undefined)) {
    throw new ApiError(400, "INVALID_INPUT", "There is nothing to change");
  }
  return changes;
}

function checkedDate(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const time = typeof value === "string" ? Date.parse(value) : NaN;
  if (Number.isNaN(time)) throw new ApiError(400, "INVALID_INPUT", "expiresAt: expected a date");
  return new Date(time).toISOString();
}

async function graceHours(context: RequestContext, kind: KeyKind): Promise<number> {
  const { most, usual } = GRACE[kind];
  const { gracePeriodHours = usual } = await readJson(context) as { gracePeriodHours?: unknown };
  if (Number.isInteger(gracePeriodHours)) {
    const hours = gracePeriodHours as number;
    if (hours >= 0 && hours <= most) return hours;
  }
  throw new ApiError(
    400,
    "INVALID_INPUT",
    `gracePeriodHours: expected a whole number from 0 to ${most}`,
  );
}
