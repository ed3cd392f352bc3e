import type { PGlite } from "@electric-sql/pglite";
import { concatBytes } from "../../../core/bytes.ts";
import { HTTP_DEVICE } from "./http_client.ts";

/** What the device is asked for and answers: JSON in UTF-8. */
type Ask = (request: Uint8Array<ArrayBuffer>) => Uint8Array;

interface DeviceStream {
  written?: Uint8Array[];
  unread?: Uint8Array;
}

/** The part of Emscripten's file system that is used here. */
interface DeviceFiles {
  makedev(major: number, minor: number): number;
  registerDevice(device: number, operations: DeviceOperations): void;
  mkdev(path: string, mode: number, device: number): void;
}

interface DeviceOperations {
  open(stream: DeviceStream): void;
  close(stream: DeviceStream): void;
  read(stream: DeviceStream, buffer: Uint8Array, offset: number, length: number): number;
  write(stream: DeviceStream, buffer: Uint8Array, offset: number, length: number): number;
  llseek(): number;
}

/** Emscripten counts its own devices, /dev/urandom among them, from 64 on. */
const MAJOR = 0xf0;

/** Makes {@link HTTP_DEVICE}: what is written there is asked, and the answer is read from there. */
export function addHttpDevice(pglite: PGlite, ask: Ask): void {
  const { FS } = pglite.Module as unknown as { FS: DeviceFiles };
  let answer = new Uint8Array() as Uint8Array;
  const device = FS.makedev(MAJOR, 0);
  FS.registerDevice(device, {
    open: () => {},
    close({ written }) {
      if (!written) return;
      const text = new TextDecoder().decode(concatBytes(written)).trim();
      answer = ask(Uint8Array.fromHex(text));
    },
    read(stream, buffer, offset, length) {
      const unread = stream.unread ?? answer;
      const part = unread.subarray(0, length);
      buffer.set(part, offset);
      stream.unread = unread.subarray(part.length);
      return part.length;
    },
    write(stream, buffer, offset, length) {
      (stream.written ??= []).push(buffer.slice(offset, offset + length));
      return length;
    },
    llseek: () => 0,
  });
  FS.mkdev(HTTP_DEVICE, 0o666, device);
}
