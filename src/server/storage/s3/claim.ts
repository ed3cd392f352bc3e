import { equal } from "../../keys/equal.ts";
import type { S3Address } from "./address.ts";
import { REGION } from "./region.ts";
import { S3Error } from "./s3_error.ts";
import { ALGORITHM, Signer } from "./signing.ts";

/** Milliseconds that a client's clock may be wrong by. */
const MAX_SKEW_MS = 15 * 60 * 1000;
/** Seconds that a presigned address is valid at most. */
const LONGEST_EXPIRY = 7 * 24 * 60 * 60;
/** What stands for a body that is not part of what is signed. */
const UNSIGNED = "UNSIGNED-PAYLOAD";

/** A signature that was found in a request, to be verified with its key. */
export interface Claim {
  readonly accessKeyId: string;
  /** Date, region, service and `aws4_request`. */
  readonly scope: string;
  /** As `20260101T000000Z`. */
  readonly time: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** SHA-256 of the body in hex, or what stands for it. */
  readonly payload: string;
}

/** Signs what follows the head of a request: its chunks, each with the signature before. */
export interface ChunkSigner {
  readonly seed: string;
  readonly signer: Signer;
}

/**
 * Reads the signature of a request: of the header `authorization`, or of a presigned address.
 * @throws {S3Error} when there is none, its time is over, or it leaves out what changes the request
 */
export function readClaim(address: S3Address, headers: Headers, now: Date): Claim {
  const isPresigned = !headers.has("authorization") && address.parameters.has("X-Amz-Signature");
  const claim = isPresigned ? presignedClaim(address, now) : headerClaim(headers, now);
  const [date, region, service, end] = claim.scope.split("/");
  if (region !== REGION || service !== "s3" || end !== "aws4_request") {
    throw new S3Error("AuthorizationHeaderMalformed", `Sign for the region ${REGION} and for s3`);
  }
  if (date !== claim.time.slice(0, 8)) {
    throw new S3Error("AuthorizationHeaderMalformed", "The scope has another date than the time");
  }
  requireSigned(claim.signedHeaders, headers);
  const hash = headers.get("x-amz-content-sha256");
  if (!isPresigned) return { ...claim, payload: hash ?? UNSIGNED };
  const isHashSigned = claim.signedHeaders.includes("x-amz-content-sha256");
  const payload = address.parameters.get("X-Amz-Content-Sha256") ??
    (isHashSigned ? hash : undefined) ?? UNSIGNED;
  return { ...claim, payload };
}

/**
 * Verifies a signature.
 * @returns what the chunks of the body are signed with
 * @throws {S3Error} SignatureDoesNotMatch when it is not of this secret
 */
export function verify(
  claim: Claim,
  { method, headers }: Request,
  address: S3Address,
  secret: string,
): ChunkSigner {
  const { scope, time, signature, signedHeaders, payload } = claim;
  const parameters = new Map(address.parameters);
  parameters.delete("X-Amz-Signature");
  const signer = new Signer(secret, scope, time);
  const { path } = address;
  const signed = { method, path, parameters, headers, signedHeaders, payload };
  if (!equal(signer.signRequest(signed), signature)) {
    throw new S3Error("SignatureDoesNotMatch", "The signature is not that of this key and request");
  }
  return { seed: signature, signer };
}

type Found = Omit<Claim, "payload">;

function headerClaim(headers: Headers, now: Date): Found {
  const [algorithm, ...rest] = (headers.get("authorization") ?? "").split(" ");
  const parts = rest.join(" ");
  const part = (name: string) => new RegExp(`\\b${name}=([^,\\s]+)`).exec(parts)?.[1];
  const time = headers.get("x-amz-date") ?? undefined;
  const found = foundIn(algorithm, part, time);
  if (Math.abs(now.getTime() - timeOf(found.time)) > MAX_SKEW_MS) throw tooSkewed();
  return found;
}

function presignedClaim({ parameters }: S3Address, now: Date): Found {
  const part = (name: string) => parameters.get(`X-Amz-${name}`);
  const found = foundIn(part("Algorithm"), part, part("Date"));
  const expires = Number(part("Expires"));
  if (!(Number.isInteger(expires) && expires > 0 && expires <= LONGEST_EXPIRY)) {
    throw new S3Error("AuthorizationHeaderMalformed", "X-Amz-Expires is from 1 to 604800 seconds");
  }
  const age = now.getTime() - timeOf(found.time);
  if (age < -MAX_SKEW_MS) throw tooSkewed();
  if (age > expires * 1000) throw new S3Error("AccessDenied", "The address has expired");
  return found;
}

/** @throws {S3Error} when something is missing */
function foundIn(
  algorithm: string | undefined,
  part: (name: string) => string | undefined,
  time: string | undefined,
): Found {
  const [accessKeyId, ...scope] = part("Credential")?.split("/") ?? [];
  const signedHeaders = part("SignedHeaders");
  const signature = part("Signature");
  if (algorithm !== ALGORITHM || !accessKeyId || !signedHeaders || !signature || !time) {
    throw new S3Error(
      "AuthorizationHeaderMalformed",
      `Sign the request with ${ALGORITHM} and a key of \`insforge storage s3-keys create\``,
    );
  }
  return {
    accessKeyId,
    scope: scope.join("/"),
    time,
    signedHeaders: signedHeaders.toLowerCase().split(";"),
    signature,
  };
}

/**
 * Headers that are not signed could be added by anybody whom an address is given to, such as one
 * that makes a copy of an upload.
 */
function requireSigned(signed: readonly string[], headers: Headers): void {
  const needed = ["host", ...[...headers.keys()].filter((name) => name.startsWith("x-amz-"))];
  const missing = needed.filter((name) =>
    name !== "x-amz-content-sha256" && !signed.includes(name)
  );
  if (missing.length === 0) return;
  throw new S3Error("AccessDenied", `Headers are not signed: ${missing.join(", ")}`);
}

/** @throws {S3Error} when it is not one */
function timeOf(text: string): number {
  const [, date, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? [];
  const time = Date.parse(`${date}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (!Number.isNaN(time)) return time;
  throw new S3Error("AuthorizationHeaderMalformed", "The time is written as 20260101T000000Z");
}

function tooSkewed(): S3Error {
  return new S3Error("RequestTimeTooSkewed", "The request's time is too far from the server's");
}
