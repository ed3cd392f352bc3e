/** The types of what the tests use of `@std/assert`; `deno-std` carries its modules without them. */

// deno-lint-ignore no-explicit-any
type Class<T> = abstract new (...args: any[]) => T;

export class AssertionError extends Error {}
export function assert(value: unknown, message?: string): asserts value;
export function assertEquals<T>(actual: T, expected: T, message?: string): void;
export function assertNotEquals<T>(actual: T, expected: T, message?: string): void;
export function assertMatch(actual: string, pattern: RegExp, message?: string): void;
export function assertStringIncludes(actual: string, expected: string, message?: string): void;
export function assertInstanceOf<T>(
  actual: unknown,
  type: Class<T>,
  message?: string,
): asserts actual is T;
export function assertGreaterOrEqual<T>(actual: T, limit: T, message?: string): void;
export function assertLess<T>(actual: T, limit: T, message?: string): void;
export function assertLessOrEqual<T>(actual: T, limit: T, message?: string): void;
export function assertThrows<E extends Error = Error>(
  work: () => unknown,
  type?: Class<E>,
  includes?: string,
  message?: string,
): E;
export function assertRejects<E extends Error = Error>(
  work: () => PromiseLike<unknown>,
  type?: Class<E>,
  includes?: string,
  message?: string,
): Promise<E>;
export function fail(message?: string): never;
