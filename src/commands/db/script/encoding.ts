/** Text files that are not in UTF-8: those that say in which encoding they are. */
import type { OpenFile } from "../../../shared/sql/read_text.ts";

/** PostgreSQL's names of encodings, and those of the web's standard for the same ones. */
const LABELS: Readonly<Record<string, string>> = {
  big5: "big5",
  eucjp: "euc-jp",
  euckr: "euc-kr",
  gb18030: "gb18030",
  gbk: "gbk",
  iso88595: "iso-8859-5",
  iso88596: "iso-8859-6",
  iso88597: "iso-8859-7",
  iso88598: "iso-8859-8",
  koi8r: "koi8-r",
  koi8u: "koi8-u",
  latin2: "iso-8859-2",
  latin3: "iso-8859-3",
  latin4: "iso-8859-4",
  latin6: "iso-8859-10",
  latin7: "iso-8859-13",
  latin8: "iso-8859-14",
  latin9: "iso-8859-15",
  latin10: "iso-8859-16",
  shiftjis: "shift_jis",
  sjis: "shift_jis",
  win866: "ibm866",
  win874: "windows-874",
  ...Object.fromEntries(
    [1250, 1251, 1252, 1253, 1254, 1255, 1256, 1257, 1258]
      .map((page) => [`win${page}`, `windows-${page}`]),
  ),
};

const SETTING = /^\s*SET\s+(?:client_encoding\s*(?:=|\bTO\b)|NAMES)\s*'?([\w-]+)'?\s*;/im;

/**
 * The same file in UTF-8, where its beginning says that it is in another encoding: by a byte order
 * mark, as PowerShell writes what it redirects, or by `SET client_encoding`.
 * @param head the beginning of the file
 */
export function inUtf8(open: OpenFile, head: Uint8Array): OpenFile {
  const decoder = decoderOf(head);
  if (!decoder) return open;
  return async () => (await open()).pipeThrough(decoder()).pipeThrough(new TextEncoderStream());
}

type Decoder = ReadableWritablePair<string, Uint8Array<ArrayBuffer>>;

function decoderOf(head: Uint8Array): (() => Decoder) | undefined {
  const label = head[0] === 0xff && head[1] === 0xfe
    ? "utf-16le"
    : head[0] === 0xfe && head[1] === 0xff
    ? "utf-16be"
    : undefined;
  if (label) return () => new TextDecoderStream(label, { fatal: true });
  const [, setting = ""] = SETTING.exec(latin1(head)) ?? [];
  const name = setting.toLowerCase().replaceAll(/[_-]/g, "");
  // The web's standard calls windows-1252 by this name.
  if (name === "latin1" || name === "iso88591") return latin1Stream;
  const known = LABELS[name];
  return known === undefined ? undefined : () => new TextDecoderStream(known, { fatal: true });
}

function latin1Stream(): Decoder {
  return new TransformStream<Uint8Array<ArrayBuffer>, string>({
    transform: (chunk, controller) => controller.enqueue(latin1(chunk)),
  });
}

/** Every byte as the character of its number. */
function latin1(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8_192) {
    text += String.fromCharCode(...bytes.subarray(at, at + 8_192));
  }
  return text;
}
