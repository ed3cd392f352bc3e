/** Forms with files that are sent as they are read. */

/** The file of a form. */
export interface FilePart {
  readonly field: string;
  readonly filename: string;
  readonly type: string;
  /** Called for each attempt to send it. */
  readonly open: () => ReadableStream<Uint8Array<ArrayBuffer>>;
}

/** A form with text fields and one file, the fields first: what `HttpClient` takes as a request. */
export function multipart(fields: Readonly<Record<string, string>>, file: FilePart) {
  const boundary = `insforge-${crypto.randomUUID()}`;
  const head =
    Object.entries(fields).map(([name, value]) =>
      `--${boundary}\r\ncontent-disposition: form-data; name="${escape(name)}"\r\n\r\n${value}\r\n`
    ).join("") +
    `--${boundary}\r\ncontent-disposition: form-data; name="${escape(file.field)}"; ` +
    `filename="${escape(file.filename)}"\r\ncontent-type: ${file.type}\r\n\r\n`;
  const encoder = new TextEncoder();
  async function* bytes(): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    yield encoder.encode(head);
    yield* file.open();
    yield encoder.encode(`\r\n--${boundary}--\r\n`);
  }
  return {
    headers: { "content-type": `multipart/form-data; boundary=${boundary}` },
    body: () => ReadableStream.from(bytes()),
  };
}

/** As browsers do it: what would end the quoted name is percent-encoded. */
function escape(name: string): string {
  return name.replace(/["\r\n]/g, (character) => encodeURIComponent(character));
}
