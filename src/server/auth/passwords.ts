/** Passwords rest as bcrypt hashes, like the real backend's: rows can move between the two. */
import type { AuthConfigSchema } from "../../shared/contract/backend.ts";
import { ApiError } from "../http/api_error.ts";

/** Doublings of the work that one hash takes. */
const COST = 10;

/** The hash of a text that nobody knows. */
let unknown: Promise<string> | undefined;

/** Hashes a password or a short code. */
export async function hashPassword(password: string): Promise<string> {
  return await (await bcrypt()).hash(password, COST);
}

/**
 * Whether a hash is that of a password. Without a hash the answer is no, after the same time: it
 * does not tell whether there is such a user.
 */
export async function isPassword(password: string, hash?: string | null): Promise<boolean> {
  const { compare } = await bcrypt();
  if (hash) return await compare(password, hash).catch(() => false);
  unknown ??= hashPassword(crypto.randomUUID());
  await compare(password, await unknown);
  return false;
}

/** The rules that a password of the project has to keep. */
export type PasswordRules = Pick<
  AuthConfigSchema,
  | "passwordMinLength"
  | "requireNumber"
  | "requireLowercase"
  | "requireUppercase"
  | "requireSpecialChar"
>;

/** @throws {ApiError} 400 with what the rules ask for */
export function requireAllowedPassword(password: string, rules: PasswordRules): void {
  const parts: [asked: boolean, kept: boolean, what: string][] = [
    [
      true,
      password.length >= rules.passwordMinLength,
      `at least ${rules.passwordMinLength} characters`,
    ],
    [rules.requireNumber, /\d/.test(password), "a digit"],
    [rules.requireLowercase, /[a-z]/.test(password), "a lowercase letter"],
    [rules.requireUppercase, /[A-Z]/.test(password), "an uppercase letter"],
    [
      rules.requireSpecialChar,
      /[!@#$%^&*()_+\-=[\]{};\\|,.<>/?]/.test(password),
      "a special character",
    ],
  ];
  const asked = parts.filter(([asked]) => asked);
  if (asked.every(([, kept]) => kept)) return;
  const list = asked.map(([, , what]) => what).join(", ");
  throw new ApiError(400, "INVALID_INPUT", `The password needs ${list}`, "Choose another one.");
}

async function bcrypt() {
  return (await import("bcryptjs")).default;
}
