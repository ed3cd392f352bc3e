import { isWebAddress } from "../../core/web_address.ts";

/** Where an S3 store keeps the contents of objects. */
export interface StoreLocation {
  /** Base address, without a trailing slash. */
  readonly endpoint: string;
  readonly bucket: string;
  /** What the names of contents begin with: empty, or with a slash at its end. */
  readonly prefix: string;
  readonly region: string;
}

/** What signs requests to an S3 store. */
export interface StoreCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** A store with what opens it. */
export interface StoreAccess extends StoreCredentials {
  /** As it was typed: `s3://…`. */
  readonly url: string;
}

/**
 * Reads `s3://bucket[/prefix][?endpoint=http://…][&region=…]`; without an endpoint it is AWS's.
 * @throws {Error} that says what is wrong with it
 */
export function parseStorageUrl(text: string): StoreLocation {
  const url = URL.parse(text);
  if (url?.protocol !== "s3:" || !url.hostname || url.username || url.password) {
    throw new Error("the address of the store is none: s3://bucket/prefix?endpoint=https://…");
  }
  const known = new Set(["endpoint", "region"]);
  const unknown = [...url.searchParams.keys()].find((name) => !known.has(name));
  if (unknown) throw new Error(`the address of the store has an unknown ${unknown}`);
  const region = url.searchParams.get("region") || "us-east-1";
  const endpoint = url.searchParams.get("endpoint") || `https://s3.${region}.amazonaws.com`;
  if (!isWebAddress(endpoint)) {
    throw new Error("the endpoint of the store does not begin with https:// or http://");
  }
  const prefix = decodeURIComponent(url.pathname).replace(/^\/+|\/+$/g, "");
  return {
    endpoint: endpoint.replace(/\/+$/, ""),
    // Hosts are in lower case, and buckets need not be.
    bucket: /^s3:\/\/([^/?#]+)/i.exec(text)![1]!,
    prefix: prefix && `${prefix}/`,
    region,
  };
}
