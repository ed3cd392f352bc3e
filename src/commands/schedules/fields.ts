/** The options of a schedule, checked before any request. */
import type { ScheduleFields } from "../../client/backend/schedules.ts";
import type { Context } from "../../cli/context.ts";
import { checkId } from "../../cli/ids.ts";
import { CRON_INTERVAL, cronProblem } from "../../shared/contract/cron.ts";
import { UsageError } from "../../core/errors.ts";
import { path } from "../../client/address.ts";
import { parseJsonObject } from "../../cli/input.ts";

/** The options that `create` and `update` share. */
export interface ScheduleOptions {
  name?: string;
  cron?: string;
  url?: string;
  /** A slug, in the place of an address. */
  function?: string;
  method?: string;
  headers?: string;
  body?: string;
}

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];
const SHORTEST_NAME = 3;

/**
 * The same options with the address of the function that they name.
 * @throws {UsageError} when they name an address as well
 */
export async function withAddress<T extends ScheduleOptions>(
  context: Context,
  options: T,
): Promise<T> {
  const { url, function: slug } = options;
  if (slug === undefined) return options;
  if (url !== undefined) throw new UsageError("Give --url or --function, not both.");
  return { ...options, url: `${(await context.target()).url}/functions${path(slug)}` };
}

/** What was given, as a request has it. @throws {UsageError} that names the option */
export function scheduleFields(options: ScheduleOptions): ScheduleFields {
  const { name, cron, url, method, headers, body } = options;
  return {
    name: name && checkedName(name),
    cronSchedule: cron === undefined ? undefined : checkedCron(cron),
    functionUrl: url && checkedUrl(url),
    httpMethod: method && checkedMethod(method),
    headers: headers === undefined ? undefined : checkedHeaders(headers),
    body: body === undefined ? undefined : parseJsonObject(body, "--body"),
  };
}

function checkedName(name: string): string {
  if (name.length >= SHORTEST_NAME) return name;
  throw new UsageError(`--name must have at least ${SHORTEST_NAME} characters.`);
}

function checkedUrl(url: string): string {
  if (/^https?:\/\//i.test(url) && URL.canParse(url)) return url;
  throw new UsageError(`--url is not an address: ${JSON.stringify(url)}.`, {
    hint: "Give it whole, such as https://app.us-east.insforge.app/functions/hello",
  });
}

function checkedMethod(given: string): string {
  const method = given.toUpperCase();
  if (METHODS.includes(method)) return method;
  throw new UsageError(`--method is one of ${METHODS.join(", ")}; it is ${JSON.stringify(given)}.`);
}

function checkedHeaders(json: string): Record<string, unknown> {
  const headers = parseJsonObject(json, "--headers");
  const wrong = Object.entries(headers).find(([, value]) => typeof value !== "string");
  if (!wrong) return headers;
  throw new UsageError(`--headers: the value of ${wrong[0]} is no text.`, {
    hint: 'Every value is a string, such as {"X-Key": "${{secrets.KEY}}"}.',
  });
}

/** Five fields or an interval; what else is common is refused with the form that is meant. */
function checkedCron(cron: string): string {
  const fields = cron.trim().split(/\s+/);
  if (CRON_INTERVAL.test(cron)) return fields.join(" ");
  if (fields.length === 5) {
    const problem = cronProblem(cron);
    if (problem === undefined) return fields.join(" ");
    throw new UsageError(`--cron would never be run: ${problem}.`, {
      hint:
        "Fields take numbers, names, *, lists, ranges and steps, such as */15 8-18 * * mon-fri.",
    });
  }
  const interval = /^(?:every\s+)?(\d+)\s*(s|sec|seconds?|m|min|minutes?|h|hours?)$/i.exec(
    cron.trim(),
  );
  const meant = fields.length === 6
    ? fields.slice(1).join(" ")
    : SHORTHANDS[cron.trim().toLowerCase()] ??
      (interval && meantBy(Number(interval[1]), interval[2]![0]!.toLowerCase()));
  const hint = meant ? ` Perhaps you mean: ${JSON.stringify(meant)}` : "";
  throw new UsageError(
    fields.length === 6
      ? "--cron has 6 fields, and there is none for seconds: give 5."
      : `--cron needs 5 fields, and has ${cron.trim() === "" ? 0 : fields.length}.`,
    {
      hint:
        `The fields are minute, hour, day of month, month, day of week. An interval is "30 seconds".${hint}`,
    },
  );
}

/** What other crons have, and backends do not take. */
const SHORTHANDS: Readonly<Record<string, string>> = {
  "@hourly": "0 * * * *",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@weekly": "0 0 * * 0",
  "@monthly": "0 0 1 * *",
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
};

function meantBy(count: number, unit: string): string | undefined {
  if (unit === "m" && count >= 1 && count < 60) {
    return `${count === 1 ? "*" : `*/${count}`} * * * *`;
  }
  if (unit === "h" && count >= 1 && count < 24) return `0 */${count} * * *`;
  if (unit !== "s") return undefined;
  // Intervals are of 1 to 59 seconds.
  return count >= 1 && count < 60 ? `${count} seconds` : meantBy(Math.round(count / 60), "m");
}

/** @throws {NotFoundError} for what can be no schedule's id */
export function checkScheduleId(id: string): void {
  checkId(id, "schedule", "schedules list");
}
