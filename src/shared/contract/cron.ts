/** When a schedule runs: section 10.1 of the HTTP contract, with pg_cron's own grammar. */

/** `30 seconds`, from 1 to 59. */
export const CRON_INTERVAL = /^\s*([1-9]|[1-5]\d)\s+seconds?\s*$/i;

interface Field {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  /** Names of its values from `least` on. */
  readonly names?: readonly string[];
}

const FIELDS: readonly Field[] = [
  { name: "minute", least: 0, most: 59 },
  { name: "hour", least: 0, most: 23 },
  { name: "day of month", least: 1, most: 31 },
  {
    name: "month",
    least: 1,
    most: 12,
    names: "jan feb mar apr may jun jul aug sep oct nov dec".split(" "),
  },
  { name: "day of week", least: 0, most: 7, names: "sun mon tue wed thu fri sat".split(" ") },
];
/** The most days that each month can have. */
const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * What is wrong with five fields, as the end of a sentence; undefined where pg_cron takes them. It
 * knows neither `L`, `W`, `?` and `#` nor a step without a range, and what parses and is no day of
 * any year, such as the 31st of February, would never run.
 */
export function cronProblem(expression: string): string | undefined {
  const texts = expression.trim().split(/\s+/);
  const values: number[][] = [];
  for (const [index, field] of FIELDS.entries()) {
    const value = valuesOf(texts[index] ?? "", field);
    if (typeof value === "string") return value;
    values.push(value);
  }
  const [, , days, months] = values as [number[], number[], number[], number[]];
  const isAnyWeekday = texts[4]!.startsWith("*");
  const isSomeDay = months.some((month) => days.some((day) => day <= DAYS[month - 1]!));
  if (isAnyWeekday && !isSomeDay) return `no month of field 4 has the day ${texts[2]}`;
  return undefined;
}

/** The values of a field, or what is wrong with it. */
function valuesOf(text: string, field: Field): number[] | string {
  const values: number[] = [];
  for (const part of text.split(",")) {
    const [, from, to, step] = /^(?:\*|(\w+)(?:-(\w+))?)(?:\/(\d+))?$/.exec(part) ?? [];
    const isAll = part.startsWith("*");
    if (!isAll && from === undefined) return `${JSON.stringify(part)} is no ${field.name}`;
    if (step !== undefined && (Number(step) < 1 || (!isAll && to === undefined))) {
      return `${JSON.stringify(part)} needs a range before its step, such as */5 or 0-30/5`;
    }
    const first = isAll ? field.least : valueOf(from!, field);
    const last = isAll ? field.most : to === undefined ? first : valueOf(to, field);
    if (first === undefined || last === undefined) {
      return `${
        JSON.stringify(part)
      } is no ${field.name}, which is from ${field.least} to ${field.most}`;
    }
    if (first > last) return `${JSON.stringify(part)} runs backwards`;
    for (let value = first; value <= last; value += Number(step ?? 1)) values.push(value);
  }
  return values;
}

function valueOf(text: string, { least, most, names }: Field): number | undefined {
  const named = names?.indexOf(text.toLowerCase()) ?? -1;
  if (named >= 0) return named + least;
  const value = /^\d{1,2}$/.test(text) ? Number(text) : NaN;
  return value >= least && value <= most ? value : undefined;
}
