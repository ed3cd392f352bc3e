/** The assertions that the tests use, by the names and signatures of `@std/assert`. */
import strict from "node:assert/strict";

// deno-lint-ignore no-explicit-any
type ErrorClass<E extends Error> = abstract new (...args: any[]) => E;

/** The error of a failed assertion. */
export const AssertionError = strict.AssertionError;

export function assert(value: unknown, message?: string): asserts value {
  if (!value) fail(message ?? "expected a truthy value");
}

export function assertFalse(value: unknown, message?: string): void {
  if (value) fail(message ?? "expected a falsy value");
}

export function assertEquals<T>(actual: T, expected: T, message?: string): void {
  strict.deepStrictEqual(plain(actual), plain(expected), message);
}

export function assertNotEquals<T>(actual: T, expected: T, message?: string): void {
  strict.notDeepStrictEqual(plain(actual), plain(expected), message);
}

export function assertStrictEquals<T>(
  actual: unknown,
  expected: T,
  message?: string,
): asserts actual is T {
  strict.strictEqual(actual, expected, message);
}

export function assertExists<T>(
  value: T,
  message?: string,
): asserts value is NonNullable<T> {
  if (value === undefined || value === null) fail(message ?? "expected a value");
}

export function assertMatch(actual: string, pattern: RegExp, message?: string): void {
  strict.match(actual, pattern, message);
}

export function assertNotMatch(actual: string, pattern: RegExp, message?: string): void {
  strict.doesNotMatch(actual, pattern, message);
}

export function assertStringIncludes(actual: string, expected: string, message?: string): void {
  if (!actual.includes(expected)) {
    fail(message ?? `expected ${JSON.stringify(actual)} to include ${JSON.stringify(expected)}`);
  }
}

export function assertArrayIncludes<T>(
  actual: ArrayLike<T>,
  expected: ArrayLike<T>,
  message?: string,
): void {
  const found = Array.from(actual);
  const isThere = (wanted: T) =>
    found.some((value) => {
      try {
        strict.deepStrictEqual(value, wanted);
        return true;
      } catch {
        return false;
      }
    });
  const missing = Array.from(expected).filter((wanted) => !isThere(wanted));
  if (missing.length > 0) fail(message ?? `missing: ${JSON.stringify(missing)}`);
}

export function assertObjectMatch(
  // deno-lint-ignore no-explicit-any
  actual: Record<PropertyKey, any>,
  expected: Record<PropertyKey, unknown>,
  message?: string,
): void {
  strict.partialDeepStrictEqual(actual, expected, message);
}

export function assertInstanceOf<E>(
  actual: unknown,
  // deno-lint-ignore no-explicit-any
  type: abstract new (...args: any[]) => E,
  message?: string,
): asserts actual is E {
  if (!(actual instanceof type)) fail(message ?? `expected an instance of ${type.name}`);
}

export function assertGreater<T>(actual: T, limit: T, message?: string): void {
  if (!(actual > limit)) fail(message ?? `expected ${actual} > ${limit}`);
}

export function assertGreaterOrEqual<T>(actual: T, limit: T, message?: string): void {
  if (!(actual >= limit)) fail(message ?? `expected ${actual} >= ${limit}`);
}

export function assertLess<T>(actual: T, limit: T, message?: string): void {
  if (!(actual < limit)) fail(message ?? `expected ${actual} < ${limit}`);
}

export function assertLessOrEqual<T>(actual: T, limit: T, message?: string): void {
  if (!(actual <= limit)) fail(message ?? `expected ${actual} <= ${limit}`);
}

export function assertThrows<E extends Error = Error>(
  work: () => unknown,
  type?: ErrorClass<E>,
  includes?: string,
  message?: string,
): E {
  let thrown: unknown;
  try {
    work();
  } catch (error) {
    thrown = error;
  }
  return checkError(thrown, type, includes, message);
}

export async function assertRejects<E extends Error = Error>(
  work: () => PromiseLike<unknown>,
  type?: ErrorClass<E>,
  includes?: string,
  message?: string,
): Promise<E> {
  let thrown: unknown;
  try {
    await work();
  } catch (error) {
    thrown = error;
  }
  return checkError(thrown, type, includes, message);
}

export function fail(message = "failed"): never {
  throw new AssertionError({ message });
}

function checkError<E extends Error>(
  thrown: unknown,
  type: ErrorClass<E> | undefined,
  includes: string | undefined,
  message: string | undefined,
): E {
  if (thrown === undefined) fail(message ?? "expected an error");
  if (type) assertInstanceOf(thrown, type, message ?? `expected ${type.name}, got ${thrown}`);
  if (includes) assertStringIncludes((thrown as Error).message, includes, message);
  return thrown as E;
}

/** `@std/assert` compares objects without a prototype as plain ones. */
function plain(value: unknown): unknown {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === null
    ? { ...value }
    : value;
}
