/** Forms (`multipart/form-data`) whose file is streamed, with their length known ahead. */
import type { SizedBody } from "./sized_body.ts";

/** The file of a form. */
export interface FormFile extends SizedBody {
  /** The name of the form's field. */
  readonly field: string;
  readonly filename: string;
  readonly contentType: string;
}

/** A form with its fields first and its file last, as object stores want it. */
export function sizedForm(
  fields: Readonly<Record<string, string>>,
  file: FormFile,
): { readonly headers: Record<string, string>; readonly body: SizedBody } {
  const boundary = `insforge-${crypto.randomUUID()}`;
  const parts = Object.entries(fields).map(([name, value]) =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${quoted(name)}"\r\n\r\n${value}\r\n`
  );
  const disposition = `name="${quoted(file.field)}"; filename="${quoted(file.filename)}"`;
  const encode = (text: string) => new TextEncoder().encode(text);
  const head = encode(
    `${parts.join("")}--${boundary}\r\nContent-Disposition: form-data; ${disposition}\r\n` +
      `Content-Type: ${file.contentType}\r\n\r\n`,
  );
  const tail = encode(`\r\n--${boundary}--\r\n`);
  return {
    headers: { "content-type": `multipart/form-data; boundary=${boundary}` },
    body: {
      size: head.length + file.size + tail.length,
      async *open() {
        yield head;
        yield* file.open();
        yield tail;
      },
    },
  };
}

/**
 * A name within quotes, as browsers write it; no other control character can stand in a header
 * either.
 */
function quoted(name: string): string {
  // deno-lint-ignore no-control-regex
  return name.replaceAll(/[\u0000-\u001f\u007f"]/g, encodeURIComponent);
}
