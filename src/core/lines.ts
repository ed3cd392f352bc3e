/**
 * The lines of a stream of UTF-8, without their ends, as they come; of a line that has not ended no
 * more is kept than `longest` characters.
 */
export async function* linesOf(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  longest: number,
): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    yield* lines;
    if (rest.length > longest) rest = rest.slice(0, longest);
  }
  if (rest !== "") yield rest;
}
