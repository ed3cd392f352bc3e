/**
 * A stand-in for an object store that presigned addresses lead to, which keeps what its forms
 * bring.
 */
import { type StubServer, stubServer } from "./stub_server.ts";

export interface ObjectStore extends StubServer {
  /** The contents by the field `key` of their forms. */
  readonly objects: ReadonlyMap<string, string>;
}

/** Starts one. It refuses credentials, and forms whose file is not the last part. */
export function objectStore(): ObjectStore {
  const objects = new Map<string, string>();
  const server = stubServer(({ method, target, headers, body }) => {
    if (headers.has("authorization")) return refusal("InvalidArgument", "Only one auth mechanism");
    if (method === "GET") {
      const found = objects.get(decodeURIComponent(target.slice(1).split("?")[0]!));
      return found === undefined
        ? refusal("NoSuchKey", "No such key", 404)
        : partOf(found, headers);
    }
    const parts = partsOf(body, headers.get("content-type") ?? "");
    const names = parts.map(({ name }) => name);
    if (names.at(-1) !== "file" || !headers.has("content-length")) {
      return refusal("InvalidArgument", "The file must be the last part");
    }
    const key = parts.find(({ name }) => name === "key")?.value;
    if (!key) return refusal("InvalidArgument", "The form has no key");
    objects.set(key, parts.at(-1)!.value);
    return new Response(null, { status: 204, headers: { etag: '"store-etag"' } });
  });
  return { ...server, objects, [Symbol.asyncDispose]: server[Symbol.asyncDispose] };
}

function partOf(content: string, headers: Headers): Response {
  const from = Number(/^bytes=(\d+)-$/.exec(headers.get("range") ?? "")?.[1] ?? NaN);
  return Number.isNaN(from)
    ? new Response(content)
    : new Response(content.slice(from), { status: 206 });
}

function partsOf(body: string, type: string): { name: string; value: string }[] {
  const boundary = /boundary=(.+)$/.exec(type)?.[1];
  return body.split(`--${boundary}`).slice(1, -1).map((part) => {
    const [head = "", ...rest] = part.split("\r\n\r\n");
    const name = /name="([^"]*)"/.exec(head)?.[1] ?? "";
    return { name, value: rest.join("\r\n\r\n").replace(/\r\n$/, "") };
  });
}

function refusal(code: string, message: string, status = 400): Response {
  const xml = `<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  return new Response(xml, { status, headers: { "content-type": "application/xml" } });
}
