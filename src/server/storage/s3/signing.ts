/**
 * What AWS calls Signature Version 4 (contract section 18.2), for those who sign and who verify.
 */
import { createHash, createHmac } from "node:crypto";

export const ALGORITHM = "AWS4-HMAC-SHA256";

/** SHA-256 of nothing. */
export const EMPTY_SHA256 = sha256("");

/** What is signed of a request. */
export interface SignedRequest {
  readonly method: string;
  /** Percent-encoded. */
  readonly path: string;
  /** As they are, not encoded. */
  readonly parameters: ReadonlyMap<string, string>;
  readonly headers: Headers;
  /** Their names in lower case, in order. */
  readonly signedHeaders: readonly string[];
  /** SHA-256 of the body in hex, or what stands for it. */
  readonly payload: string;
}

/** Signs texts with one secret, for one scope and time. */
export class Signer {
  readonly #key: Uint8Array;
  readonly #scope: string;
  readonly #time: string;

  /**
   * @param scope date, region, service and `aws4_request`, between slashes
   * @param time as `20260101T000000Z`
   */
  constructor(secret: string, scope: string, time: string) {
    this.#scope = scope;
    this.#time = time;
    this.#key = scope.split("/").reduce<Uint8Array>(
      (key, part) => createHmac("sha256", key).update(part).digest(),
      new TextEncoder().encode(`AWS4${secret}`),
    );
  }

  /** The signature of a request, in hex. */
  signRequest(request: SignedRequest): string {
    return this.sign(ALGORITHM, sha256(canonicalRequest(request)));
  }

  /** The signature of lines of a kind, in hex. */
  sign(kind: string, ...lines: readonly string[]): string {
    const text = [kind, this.#time, this.#scope, ...lines].join("\n");
    return createHmac("sha256", this.#key).update(text).digest("hex");
  }
}

/** SHA-256 in hex. */
export function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** Percent-encoded as AWS does it: all but letters, digits, `-`, `_`, `.` and `~`. */
export function encodeAll(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Parameters as a query, sorted by name. */
export function encodeQuery(parameters: ReadonlyMap<string, string>): string {
  return [...parameters].map(([name, value]) => [encodeAll(name), encodeAll(value)])
    .sort(([a], [b]) => a! < b! ? -1 : 1)
    .map((pair) => pair.join("=")).join("&");
}

/** The text that AWS defines for what is signed. */
function canonicalRequest(request: SignedRequest): string {
  const { method, path, parameters, headers, signedHeaders, payload } = request;
  const lines = signedHeaders.map((name) =>
    `${name}:${(headers.get(name) ?? "").trim().replace(/\s+/g, " ")}\n`
  );
  const names = signedHeaders.join(";");
  return [method, path, encodeQuery(parameters), lines.join(""), names, payload].join("\n");
}
