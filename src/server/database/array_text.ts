/** An element of a PostgreSQL array in text form, or a nested array. */
export type ArrayElement = string | null | ArrayElement[];

/**
 * Reads PostgreSQL's text form of an array, such as `{1,NULL,"a b"}`; bounds (`[2:3]=`) are
 * skipped.
 */
export function parseArray(text: string, delimiter = ","): ArrayElement[] {
  let position = text.startsWith("[") ? text.indexOf("=") + 1 : 0;

  function quoted(): string {
    let value = "";
    for (position++; text[position] !== '"'; position++) {
      if (text[position] === "\\") position++;
      value += text[position];
    }
    position++;
    return value;
  }

  function bare(): string | null {
    const start = position;
    while (text[position] !== delimiter && text[position] !== "}") position++;
    const value = text.slice(start, position);
    return value === "NULL" ? null : value;
  }

  function list(): ArrayElement[] {
    const elements: ArrayElement[] = [];
    position++;
    while (position < text.length && text[position] !== "}") {
      const first = text[position];
      elements.push(first === "{" ? list() : first === '"' ? quoted() : bare());
      if (text[position] === delimiter) position++;
    }
    position++;
    return elements;
  }

  return list();
}

/** Writes a JavaScript array as a PostgreSQL array literal. */
export function formatArray(
  values: readonly unknown[],
  element: (value: unknown) => string | null,
): string {
  const parts = values.map((value) => {
    if (Array.isArray(value)) return formatArray(value, element);
    const text = element(value);
    return text === null ? "NULL" : `"${text.replace(/["\\]/g, "\\$&")}"`;
  });
  return `{${parts.join(",")}}`;
}
