/** Text from a server or a file is not trusted with the terminal. */

// deno-lint-ignore no-control-regex
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/**
 * Makes control characters visible, so that data cannot move the cursor, set colours or hide text.
 * Tab and line feed stay.
 */
export function escapeControl(text: string): string {
  return text.replace(CONTROL, (char) => {
    if (char === "\r") return "\\r";
    return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

/** {@link escapeControl} for a place that is one line: line feeds and tabs become visible too. */
export function escapeLine(text: string): string {
  return escapeControl(text).replaceAll("\n", "\\n").replaceAll("\t", "\\t");
}
