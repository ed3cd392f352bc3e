/** The checksums that clients send with contents (contract section 18.3). */
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { S3Error } from "./s3_error.ts";

/** A checksum on its way; it ends in base64, most significant byte first. */
interface Checksum {
  update(bytes: Uint8Array): void;
  digest(): string;
}

const ALGORITHMS: Readonly<Record<string, () => Checksum>> = {
  crc32: () => new Crc32(),
  crc32c: () => new TableCrc([0x82f63b78]),
  crc64nvme: () => new TableCrc([0x9a6c9329, 0xac4bc9b5]),
  sha1: () => hashed("sha1"),
  sha256: () => hashed("sha256"),
};

/** The name of the header of a checksum. */
const HEADER = /^x-amz-checksum-(crc32|crc32c|crc64nvme|sha1|sha256)$/;

/** Whether a header, or a field of a trailer, is a checksum. */
export function isChecksumHeader(name: string): boolean {
  return HEADER.test(name);
}

/** Begins the checksum of a header. @throws {S3Error} when it is not known */
export function startChecksum(header: string): Checksum {
  const algorithm = HEADER.exec(header)?.[1];
  if (algorithm) return ALGORITHMS[algorithm]!();
  throw new S3Error("InvalidRequest", `The checksum of ${header} is not known`);
}

/** MD5, as `content-md5` has it. */
export function startMd5(): Checksum {
  return hashed("md5");
}

function hashed(algorithm: string): Checksum {
  const hash = createHash(algorithm);
  return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest("base64") };
}

class Crc32 implements Checksum {
  #crc = 0;

  update(bytes: Uint8Array): void {
    this.#crc = crc32(bytes, this.#crc);
  }

  digest(): string {
    return wordsInBase64([this.#crc]);
  }
}

/**
 * A reflected CRC of one word of 32 bits or two, the most significant first; by a table, which is
 * made when it is first asked for.
 */
class TableCrc implements Checksum {
  static readonly #tables = new Map<number, Uint32Array>();
  readonly #table: Uint32Array;
  readonly #isDouble: boolean;
  #high = ~0;
  #low = ~0;

  constructor(polynomial: readonly [number] | readonly [number, number]) {
    this.#isDouble = polynomial.length === 2;
    const known = TableCrc.#tables.get(polynomial[0]);
    this.#table = known ?? tableOf(this.#isDouble ? polynomial[0] : 0, polynomial.at(-1)!);
    TableCrc.#tables.set(polynomial[0], this.#table);
  }

  update(bytes: Uint8Array): void {
    const table = this.#table;
    let [high, low] = [this.#isDouble ? this.#high : 0, this.#low];
    for (let at = 0; at < bytes.length; at++) {
      const index = ((low ^ bytes[at]!) & 0xff) * 2;
      low = ((low >>> 8) | (high << 24)) ^ table[index + 1]!;
      high = (high >>> 8) ^ table[index]!;
    }
    [this.#high, this.#low] = [high, low];
  }

  digest(): string {
    return wordsInBase64(this.#isDouble ? [~this.#high, ~this.#low] : [~this.#low]);
  }
}

/** For each byte the words of its CRC, high and low. */
function tableOf(polynomialHigh: number, polynomialLow: number): Uint32Array {
  const table = new Uint32Array(512);
  for (let byte = 0; byte < 256; byte++) {
    let [high, low] = [0, byte];
    for (let bit = 0; bit < 8; bit++) {
      const isOdd = low & 1;
      low = (low >>> 1) | (high << 31);
      high >>>= 1;
      if (!isOdd) continue;
      low ^= polynomialLow;
      high ^= polynomialHigh;
    }
    table.set([high, low], byte * 2);
  }
  return table;
}

function wordsInBase64(words: readonly number[]): string {
  const bytes = new Uint8Array(words.length * 4);
  const view = new DataView(bytes.buffer);
  words.forEach((word, index) => view.setUint32(index * 4, word >>> 0));
  return bytes.toBase64();
}
