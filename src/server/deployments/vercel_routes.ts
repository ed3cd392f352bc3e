/** The legacy `routes` of `vercel.json`: one list that does the work of all the other rules. */
import { requireSteady } from "./steady_pattern.ts";
import { type Captured, capturedBy, type Conditions, conditionsOf } from "./vercel_conditions.ts";

/** A step of the list: the files are looked at here, or a path that matches is dealt with. */
export type Route = "filesystem" | RouteRule;

export interface RouteRule {
  readonly source: RegExp;
  readonly conditions: Conditions;
  /** Upper case; any method where absent. */
  readonly methods?: readonly string[];
  readonly destination?: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly status?: number;
  /** Whether the steps that follow are looked at after this one matched. */
  readonly goesOn: boolean;
}

/** Reads the list, and what in it has no meaning here. @throws {Error} naming what is no route */
export function parseRoutes(entries: readonly Record<string, unknown>[]): {
  readonly routes: readonly Route[];
  readonly notFollowed: readonly string[];
} {
  const routes: Route[] = [];
  const notFollowed: string[] = [];
  for (const entry of entries) {
    if (entry.handle === "filesystem") routes.push("filesystem");
    else if (typeof entry.handle === "string") {
      // Its rules belong to phases of a build's output, which does not exist here.
      notFollowed.push(`routes with "handle": "${entry.handle}"`);
      break;
    } else routes.push(ruleOf(entry));
  }
  return { routes, notFollowed };
}

/** What a rule makes of a path: what it captured by name and position, or nothing. */
export function matchRoute(
  { source, conditions, methods }: RouteRule,
  path: string,
  request: Request,
): Captured | undefined {
  if (methods && !methods.includes(request.method)) return undefined;
  const match = source.exec(path);
  const captured = match && capturedBy(conditions, request);
  if (!captured) return undefined;
  const positions = Object.fromEntries(match.slice(1).map((text, at) => [at + 1, text ?? ""]));
  return { ...positions, ...match.groups, ...captured };
}

/** A destination or header with `$1` and `$name` replaced by what matched. */
export function fillRoute(template: string, captured: Captured): string {
  return template.replace(/\$(\w+)/g, (_, name: string) => captured[name] ?? "");
}

function ruleOf(entry: Record<string, unknown>): RouteRule {
  const { src, dest, headers, methods, status } = entry;
  if (typeof src !== "string") throw new Error("routes has an entry without a src");
  if (dest !== undefined && typeof dest !== "string") {
    throw new Error("routes has a dest that is no text");
  }
  return {
    source: expressionOf(src, entry.caseSensitive === true ? "" : "i"),
    conditions: conditionsOf(entry, "routes"),
    destination: dest,
    headers: Object.entries(headers ?? {}).map(([name, value]) => [name, String(value)] as const),
    goesOn: entry.continue === true,
    ...(Array.isArray(methods)
      ? { methods: methods.map((name) => String(name).toUpperCase()) }
      : {}),
    ...(typeof status === "number" ? { status } : {}),
  };
}

/** The pattern of a whole path. */
function expressionOf(source: string, flags: string): RegExp {
  let expression: RegExp;
  try {
    expression = new RegExp(`^(?:${source.replace(/^\^/, "").replace(/(?<!\\)\$$/, "")})$`, flags);
  } catch {
    throw new Error(`routes has a src that is no pattern: ${source}`);
  }
  return requireSteady(expression, "routes");
}
