/** What the values of settings may be. */

/** A value as plans show it. */
export type Value = string | number | boolean | null | readonly string[];

export interface SettingType {
  /** What is wanted, as the end of `… must be`. */
  readonly wants: string;
  /** The value in the form in which two are compared; undefined for what is none. */
  readonly read: (value: unknown) => Value | undefined;
}

export const flag: SettingType = {
  wants: "true or false",
  read: (value) => typeof value === "boolean" ? value : undefined,
};

export const text: SettingType = {
  wants: "text",
  read: (value) => typeof value === "string" ? value : undefined,
};

export const method: SettingType = {
  wants: '"code" or "link"',
  read: (value) => value === "code" || value === "link" ? value : undefined,
};

/** Neither order nor repetition means anything. */
export const urls: SettingType = {
  wants: "a list of addresses",
  read: (value) => {
    if (value === null) return [];
    const isList = Array.isArray(value) && value.every((url) => typeof url === "string");
    return isList ? [...new Set(value as string[])].sort() : undefined;
  },
};

/** A whole number. */
export function whole(least: number, most = Infinity): SettingType {
  return {
    wants: most === Infinity
      ? `a whole number of at least ${least}`
      : `a whole number from ${least} to ${most}`,
    read: (value) =>
      typeof value === "number" && Number.isInteger(value) && value >= least && value <= most
        ? value
        : undefined,
  };
}

/** Days; 0 in a file, which knows no null, and null at the backend keep everything. */
export const retention: SettingType = {
  wants: "a whole number of days, or 0 to keep everything",
  read: (value) => value === null || value === 0 ? null : whole(1).read(value),
};

/** A name; "" in a file and null at the backend are none. */
export const slug: SettingType = {
  wants: 'text, or "" for none',
  read: (value) => value === null || value === "" ? null : text.read(value),
};

/** The name of a secret, and never a secret itself: such files are committed. */
export const reference: SettingType = {
  wants: "env(NAME), which names a secret of the project",
  read: (value) => typeof value === "string" && secretOf(value) ? value : undefined,
};

/** The secret that `env(NAME)` names. */
export function secretOf(value: string): string | undefined {
  return /^env\(([A-Z_][A-Z0-9_]*)\)$/.exec(value)?.[1];
}
