import type { ErrorCode } from "../../shared/contract/error_body.ts";
import { concatBytes } from "../../core/bytes.ts";
import { ApiError } from "./api_error.ts";
import type { RequestContext } from "../services.ts";

/** Any zod schema; those of `@insforge/shared-schemas` fit. */
export interface Schema<T> {
  safeParse(
    value: unknown,
  ): { success: true; data: T } | { success: false; error: { issues: Issue[] } };
}

interface Issue {
  path: (string | number)[];
  message: string;
}

/** Bytes that a JSON body may have. */
const MAX_JSON_BYTES = 100 * 1024 * 1024;

/**
 * Reads a body, giving up as soon as it is too large.
 * @throws {ApiError} 413 with `code`
 */
export async function readBody(
  context: RequestContext,
  maxBytes: number,
  code: ErrorCode = "INVALID_INPUT",
): Promise<Uint8Array<ArrayBuffer>> {
  const tooLarge = () =>
    new ApiError(
      413,
      code,
      `The body is larger than ${maxBytes} bytes`,
      "Send it in smaller parts.",
    );
  const announced = context.req.header("content-length");
  if (announced !== undefined) {
    if (Number(announced) > maxBytes) throw tooLarge();
    // The server takes no more than that, and the runtime reads it in half the time.
    return await context.req.raw.bytes();
  }
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const chunk of context.req.raw.body ?? []) {
    size += chunk.length;
    if (size > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return concatBytes(chunks);
}

/**
 * Reads a multipart form.
 * @param hint what it should hold, for who sent something else
 * @throws {ApiError} 400, 413 with `code`
 */
export async function readForm(
  context: RequestContext,
  maxBytes: number,
  hint: string,
  code?: ErrorCode,
): Promise<FormData> {
  const bytes = await readBody(context, maxBytes, code);
  const type = context.req.header("content-type") ?? "";
  try {
    return await new Response(bytes, { headers: { "content-type": type } }).formData();
  } catch {
    throw new ApiError(400, "INVALID_INPUT", "The body is no multipart form", hint);
  }
}

/**
 * Reads a JSON body and checks it; an absent body counts as `{}`.
 * @throws {ApiError} 400 with `code` when it is not JSON or not of the schema, 413 when it is too
 * large
 */
export async function parseBody<T>(
  context: RequestContext,
  schema: Schema<T>,
  code: ErrorCode = "INVALID_INPUT",
): Promise<T> {
  return parseValue(await readJson(context), schema, code);
}

/**
 * Checks a value, joining what is wrong with it as `path: reason, path: reason`.
 * @throws {ApiError} 400 with `code`
 */
export function parseValue<T>(
  value: unknown,
  schema: Schema<T>,
  code: ErrorCode = "INVALID_INPUT",
): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new ApiError(400, code, result.error.issues.map(describeIssue).join(", "));
}

function describeIssue({ path, message }: Issue): string {
  return path.length ? `${path.join(".")}: ${message}` : message;
}

/** The JSON body of a request: an object or an array, `{}` when there is none. */
export async function readJson(context: RequestContext): Promise<unknown> {
  const text = new TextDecoder().decode(await readBody(context, MAX_JSON_BYTES));
  if (text.trim() === "") return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw invalidJson((error as Error).message);
  }
  if (typeof value !== "object" || value === null) {
    throw invalidJson("The body must be a JSON object or array");
  }
  return value;
}

function invalidJson(message: string): ApiError {
  return new ApiError(400, "INVALID_INPUT", message, "Send a valid JSON object as the body.");
}

const UUID_PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * Whether a text is a UUID, to be asked before it reaches a uuid column (which would answer 500).
 */
export function isUuid(text: string): boolean {
  return UUID_PATTERN.test(text);
}
