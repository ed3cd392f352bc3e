/** Reads SQL text piece by piece. */
import { FileError } from "../../core/errors.ts";

/** Opens the file anew for each reading of it. */
export type OpenFile = () => Promise<ReadableStream<Uint8Array<ArrayBuffer>>>;

/** The text of a file, in pieces. @throws {FileError} for what is no UTF-8 text */
export async function* readText(open: OpenFile, name: string): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const decode = (chunk?: Uint8Array<ArrayBuffer>) => {
    try {
      return decoder.decode(chunk, { stream: chunk !== undefined });
    } catch (error) {
      throw new FileError(`${name} is not UTF-8 text.`, {
        hint: "Convert it with iconv first, or make a dump with: pg_dump --encoding UTF8",
        cause: error,
      });
    }
  };
  for await (const chunk of await open()) {
    if (chunk.includes(0)) {
      throw new FileError(`${name} is not a text file.`, {
        hint: "Give a file of SQL statements in UTF-8.",
      });
    }
    yield decode(chunk);
  }
  yield decode();
}
