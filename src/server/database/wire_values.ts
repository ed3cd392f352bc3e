import { type ArrayElement, parseArray } from "./array_text.ts";
import { formatArray } from "./array_text.ts";

/** Turns PostgreSQL's text form of one value into JSON text (contract section 6.1). */
export type Encoder = (text: string) => string;

const quote: Encoder = (text) => JSON.stringify(text);
const verbatim: Encoder = (text) => text;
const boolean: Encoder = (text) => (text === "t" ? "true" : "false");

let nonFinite: Encoder = quote;

/** Has NaN and infinities encoded as null, as InsForge does it: `local start --strict`. */
export function encodeStrictly(): void {
  nonFinite = () => "null";
}

/** JSON has no NaN and no infinities: these stay text, unless all is to be as InsForge has it. */
const float: Encoder = (text) => (/^-?[0-9]/.test(text) ? text : nonFinite(text));

/**
 * A calendar date with optional time and offset; what JavaScript cannot hold (infinity, far years)
 * stays text.
 */
const timestamp: Encoder = (text) => {
  // The usual form, in UTC and with a year of four digits, needs no calendar.
  if (text[4] === "-" && text[10] === " " && text.endsWith("+00")) {
    const milliseconds = text.slice(20, -3).slice(0, 3).padEnd(3, "0");
    return `"${text.slice(0, 10)}T${text.slice(11, 19)}.${milliseconds}Z"`;
  }
  const match =
    /^(\d{4,})-(\d\d)-(\d\d)(?: (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?)?(?:([+-])(\d\d)(?::?(\d\d))?)?( BC)?$/
      .exec(text);
  if (!match) return quote(text);
  const [, year, month, day, hour, minute, second, fraction, sign, hours, minutes, bc] = match;
  const date = new Date(0);
  date.setUTCFullYear(bc ? 1 - Number(year) : Number(year), Number(month) - 1, Number(day));
  date.setUTCHours(
    Number(hour ?? 0),
    Number(minute ?? 0),
    Number(second ?? 0),
    Number((fraction ?? "").padEnd(3, "0").slice(0, 3)),
  );
  const offset = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * (sign === "-" ? -1 : 1);
  const time = date.getTime() - offset * 60_000;
  return Math.abs(time) <= 8.64e15 ? quote(new Date(time).toISOString()) : quote(text);
};

/** Hex text (`\x00ff`) as the JSON form of a Node buffer. */
const bytea: Encoder = (text) => {
  const bytes: number[] = [];
  for (let i = 2; i < text.length; i += 2) bytes.push(parseInt(text.slice(i, i + 2), 16));
  return `{"type":"Buffer","data":[${bytes.join(",")}]}`;
};

const INTERVAL_UNITS: Record<string, string> = { year: "years", mon: "months", day: "days" };

/** An object of the units that are not zero, e.g. `{"days":1,"hours":2}`. */
const interval: Encoder = (text) => {
  const units: Record<string, number> = {};
  for (const [, count, unit] of text.matchAll(/([+-]?\d+) (year|mon|day)s?/g)) {
    units[INTERVAL_UNITS[unit!]!] = Number(count);
  }
  const time = /([+-]?)(\d+):(\d\d):(\d\d)(?:\.(\d{1,6}))?/.exec(text);
  if (time) {
    const sign = time[1] === "-" ? -1 : 1;
    units.hours = sign * Number(time[2]);
    units.minutes = sign * Number(time[3]);
    units.seconds = sign * Number(time[4]);
    units.milliseconds = sign * Number((time[5] ?? "").padEnd(6, "0")) / 1000;
  }
  return JSON.stringify(
    Object.fromEntries(Object.entries(units).filter(([, count]) => count !== 0)),
  );
};

const point: Encoder = (text) => {
  const [x, y] = text.slice(1, -1).split(",");
  return `{"x":${float(x!)},"y":${float(y!)}}`;
};

const circle: Encoder = (text) => {
  const [x, y, radius] = text.replace(/[<>()]/g, "").split(",");
  return `{"x":${float(x!)},"y":${float(y!)},"radius":${float(radius!)}}`;
};

function array(element: Encoder): Encoder {
  const encode = (value: ArrayElement): string =>
    value === null
      ? "null"
      : Array.isArray(value)
      ? `[${value.map(encode).join(",")}]`
      : element(value);
  return (text) => encode(parseArray(text));
}

/**
 * By type OID. What is not listed, int8, numeric and money included, travels as text and so stays
 * exact.
 */
const ENCODERS = new Map<number, Encoder>([
  [16, boolean],
  [17, bytea],
  [21, verbatim],
  [23, verbatim],
  [26, verbatim],
  [114, verbatim],
  [3802, verbatim],
  [600, point],
  [718, circle],
  [700, float],
  [701, float],
  [1082, timestamp],
  [1114, timestamp],
  [1184, timestamp],
  [1186, interval],
  [1000, array(boolean)],
  [1001, array(bytea)],
  [1005, array(verbatim)],
  [1007, array(verbatim)],
  [1028, array(verbatim)],
  [199, array(verbatim)],
  [3807, array(verbatim)],
  [1017, array(point)],
  [1021, array(float)],
  [1022, array(float)],
  [1182, array(timestamp)],
  [1115, array(timestamp)],
  [1185, array(timestamp)],
  [1187, array(interval)],
]);

/**
 * Arrays of these travel as arrays of text: int8, numeric, money, text, varchar, char, name, uuid,
 * regproc, inet, cidr, macaddr, time, timetz, numrange.
 */
const TEXT_ARRAYS = [
  1016,
  1231,
  791,
  1009,
  1015,
  1014,
  1003,
  2951,
  1008,
  1041,
  651,
  1040,
  1183,
  1270,
  3821,
];
for (const oid of TEXT_ARRAYS) ENCODERS.set(oid, array(quote));

/** The encoder of a type, by its OID. */
export function encoderOf(typeId: number): Encoder {
  return ENCODERS.get(typeId) ?? quote;
}

/** A parameter's text form for the extended protocol; objects travel as JSON, bytes as hex. */
export function parameterText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === "string") return value;
  if (value instanceof Uint8Array) return `\\x${value.toHex()}`;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return formatArray(value, parameterText);
  if (typeof value === "object") return JSON.stringify(value);
  return String(value);
}
