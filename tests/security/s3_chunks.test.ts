/** Uploads to the S3 gateway whose chunks, signatures or trailers are not what they should be. */
import { assert, assertEquals } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { crc32 } from "node:zlib";
import { ALGORITHM, EMPTY_SHA256, sha256, Signer } from "../../src/server/storage/s3/signing.ts";
import { startBackend, type TestBackend } from "../support/backend.ts";
import { filesOf, type S3Key, s3Key } from "../support/s3.ts";

const SIGNED = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
const SIGNED_TRAILER = `${SIGNED}-TRAILER`;
const UNSIGNED_TRAILER = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";
const CONTENT = ["the first chunk ", "and the second"];
const CHECKSUM = "x-amz-checksum-crc32";

/** What signs the chunks of one request. */
interface Signing {
  readonly signer: Signer;
  readonly seed: string;
}

describe("uploads in chunks", () => {
  let backend: TestBackend;
  let key: S3Key;

  beforeAll(async () => {
    backend = await startBackend();
    key = await s3Key(backend);
    await backend.request("POST", "/api/storage/buckets", { bucketName: "b", isPublic: false });
  });
  afterAll(() => backend.close());

  /** Sends a body that is made for a signed head; answers the error's code, or the status. */
  async function upload(
    payload: string,
    bodyOf: (signing: Signing) => string | ReadableStream<Uint8Array<ArrayBuffer>>,
    more: Readonly<Record<string, string>> = {},
  ): Promise<string> {
    const time = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
    const scope = `${time.slice(0, 8)}/us-east-2/s3/aws4_request`;
    const path = "/storage/v1/s3/b/object";
    const headers = new Headers({
      host: new URL(backend.url).host,
      "x-amz-date": time,
      "x-amz-content-sha256": payload,
      "x-amz-decoded-content-length": String(CONTENT.join("").length),
      ...(payload.endsWith("TRAILER") ? { "x-amz-trailer": CHECKSUM } : {}),
      ...more,
    });
    const signedHeaders = [...headers.keys()].sort();
    const signer = new Signer(key.secretAccessKey, scope, time);
    const parameters = new Map<string, string>();
    const request = { method: "PUT", path, parameters, headers, signedHeaders, payload };
    const seed = signer.signRequest(request);
    headers.set(
      "authorization",
      `${ALGORITHM} Credential=${key.accessKeyId}/${scope}, ` +
        `SignedHeaders=${signedHeaders.join(";")}, Signature=${seed}`,
    );
    headers.delete("host");
    const body = bodyOf({ signer, seed });
    const answer = await fetch(`${backend.url}${path}`, { method: "PUT", headers, body });
    const text = await answer.text();
    return /<Code>(\w+)<\/Code>/.exec(text)?.[1] ?? String(answer.status);
  }

  /** Chunks of the content, each signed with the one before, and the last signature. */
  function chunks({ signer, seed }: Signing): { body: string; last: string } {
    let last = seed;
    const parts = [...CONTENT, ""].map((text) => {
      last = signer.sign(`${ALGORITHM}-PAYLOAD`, last, EMPTY_SHA256, sha256(text));
      return `${text.length.toString(16)};chunk-signature=${last}\r\n${text}`;
    });
    return { body: parts.join("\r\n"), last };
  }

  const plain = `${
    CONTENT.map((text) => `${text.length.toString(16)}\r\n${text}\r\n`).join("")
  }0\r\n`;

  function checksum(text = CONTENT.join("")): string {
    const bytes = new DataView(new ArrayBuffer(4));
    bytes.setUint32(0, crc32(text));
    return `${CHECKSUM}:${new Uint8Array(bytes.buffer).toBase64()}`;
  }

  function withTrailer(signing: Signing, field: string, signedField = field): string {
    const { body, last } = chunks(signing);
    const text = sha256(`${signedField}\n`);
    const signature = signing.signer.sign(`${ALGORITHM}-TRAILER`, last, text);
    return `${body}${field}\r\nx-amz-trailer-signature:${signature}\r\n\r\n`;
  }

  it("are kept where every part is as it should be", async () => {
    assertEquals(await upload(SIGNED, (signing) => `${chunks(signing).body}\r\n`), "200");
    assertEquals(await upload(UNSIGNED_TRAILER, () => `${plain}${checksum()}\r\n\r\n`), "200");
    assertEquals(await upload(SIGNED_TRAILER, (s) => withTrailer(s, checksum())), "200");
    const kept = await backend.request("GET", "/api/storage/buckets/b/objects/object");
    assertEquals(kept.body, CONTENT.join(""));
  });

  it("are refused, and nothing of them is kept, where one is not", async () => {
    const before = await filesOf(backend.dataDir);
    const changed = (from: string | RegExp, to: string) => (signing: Signing) =>
      `${chunks(signing).body}\r\n`.replace(from, to);
    const trailing = (text: string) => () => `${plain}${text}\r\n\r\n`;
    const hostile: [payload: string, body: (signing: Signing) => string, code: string][] = [
      [SIGNED, changed("second", "5econd"), "SignatureDoesNotMatch"],
      [SIGNED, changed(/signature=./g, "signature=g"), "InvalidRequest"],
      [SIGNED, changed(/;chunk-signature=\w+/, ""), "SignatureDoesNotMatch"],
      [SIGNED, changed(/;chunk-signature=\w+(\r\n)+$/, "\r\n\r\n"), "SignatureDoesNotMatch"],
      // The first chunk twice: each signature covers the one before.
      [SIGNED, (signing) => {
        const { body } = chunks(signing);
        const first = body.slice(0, body.indexOf("\r\ne;"));
        return `${first}\r\n${body}\r\n`;
      }, "SignatureDoesNotMatch"],
      [SIGNED, (signing) => chunks(signing).body.replace(/\r\n0;.*$/s, ""), "IncompleteBody"],
      [SIGNED, changed(/$/, "GET / HTTP/1.1\r\nhost: x\r\n"), "InvalidRequest"],
      [SIGNED, changed(/$/, `${checksum()}\r\n`), "SignatureDoesNotMatch"],
      [UNSIGNED_TRAILER, trailing(checksum("another")), "BadDigest"],
      [UNSIGNED_TRAILER, trailing(""), "BadDigest"],
      [UNSIGNED_TRAILER, trailing(`${CHECKSUM}:`), "BadDigest"],
      [UNSIGNED_TRAILER, trailing("no field"), "InvalidRequest"],
      [UNSIGNED_TRAILER, trailing("x: y\r\n".repeat(9000)), "InvalidRequest"],
      [
        SIGNED_TRAILER,
        (s) => withTrailer(s, checksum(), checksum("another")),
        "SignatureDoesNotMatch",
      ],
      [SIGNED_TRAILER, (s) => withTrailer(s, checksum("another")), "BadDigest"],
      [SIGNED_TRAILER, (s) => `${chunks(s).body}\r\n`, "BadDigest"],
      ...["-1", "0x10", "10 ", "", "g", "f".repeat(13), "1;x=y"].map((
        size,
      ): [string, () => string, string] => [
        UNSIGNED_TRAILER,
        () => plain.replace(/^\w+/, size),
        "InvalidRequest",
      ]),
      [UNSIGNED_TRAILER, () => plain.replace(/^\w+/, "f".repeat(12)), "IncompleteBody"],
      [UNSIGNED_TRAILER, () => plain.replace("10\r\n", "0f\r\n"), "InvalidRequest"],
      [UNSIGNED_TRAILER, () => `5\r\nshort\r\n0\r\n${checksum("short")}\r\n\r\n`, "IncompleteBody"],
      ["STREAMING-SOMETHING", () => plain, "InvalidRequest"],
    ];
    for (const [payload, body, code] of hostile) {
      assertEquals(await upload(payload, body), code, `${payload} ${body}`);
    }
    const kept = await backend.request("GET", "/api/storage/buckets/b/objects/object");
    assertEquals(kept.body, CONTENT.join(""));
    assertEquals(await filesOf(backend.dataDir), before);
  });

  it("are read no further than a line can be long", async () => {
    let sent = 0;
    const endless = new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull(controller) {
        // A reader without a bound ends this way.
        if (++sent > 1000) controller.close();
        else controller.enqueue(new Uint8Array(64 * 1024).fill(0x31));
      },
    });
    // The client may find the connection closed before it has the answer.
    const code = await upload(UNSIGNED_TRAILER, () => endless).catch(() => "InvalidRequest");
    assertEquals(code, "InvalidRequest");
    assert(sent < 200, `${sent}`);
  });
});
