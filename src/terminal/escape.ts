/** Text from a server or a file is not trusted with the terminal. */

// deno-lint-ignore no-control-regex
const CONTROL = /\r(?!\n)|[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g;
/** What JSON lets through as it is. */
const CONTROL_IN_JSON = /[\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/**
 * Makes control characters visible, so that data cannot move the cursor, set colours or hide text.
 * Tabs and line breaks stay.
 */
export function escapeControl(text: string): string {
  return text.replace(CONTROL, (char) => {
    if (char === "\r") return "\\r";
    return codeOf(char);
  });
}

/** A JSON text of the same meaning without the control characters that `JSON.stringify` leaves. */
export function escapeJson(json: string): string {
  return json.replace(CONTROL_IN_JSON, codeOf);
}

/** {@link escapeControl} for text that comes in pieces, and for bytes that are none. */
export function escapeStream(bytes: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  return (bytes as ReadableStream<Uint8Array<ArrayBuffer>>)
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(
      new TransformStream({ transform: (text, out) => out.enqueue(escapeControl(text)) }),
    )
    .pipeThrough(new TextEncoderStream());
}

function codeOf(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** {@link escapeControl} for a place that is one line: line breaks and tabs become visible too. */
export function escapeLine(text: string): string {
  return escapeControl(text).replaceAll("\r", "\\r").replaceAll("\n", "\\n").replaceAll(
    "\t",
    "\\t",
  );
}
