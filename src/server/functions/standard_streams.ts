/** The standard streams of a function: what it writes is its log, and there is nothing to read. */
import type { LogLevel } from "../logs/log_file.ts";
import { log } from "./report.ts";

/** A stream whose writes are entries of the log, without the end of their last line. */
export function outputStream(level: LogLevel): object {
  const decoder = new TextDecoder();
  const writeSync = (bytes: Uint8Array) => {
    const text = decoder.decode(bytes, { stream: true });
    if (text) log(level, text.replace(/\n$/, ""));
    return bytes.length;
  };
  return {
    writable: new WritableStream<Uint8Array>({ write: (bytes) => void writeSync(bytes) }),
    write: (bytes: Uint8Array) => Promise.resolve(writeSync(bytes)),
    writeSync,
    isTerminal: () => false,
    close() {},
  };
}

/** A standard input that is at its end. */
export const stdin: object = {
  readable: new ReadableStream({ start: (controller) => controller.close() }),
  read: () => Promise.resolve(null),
  readSync: () => null,
  isTerminal: () => false,
  setRaw() {},
  close() {},
};
