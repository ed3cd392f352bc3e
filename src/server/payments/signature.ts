/** How Stripe signs what it sends. */
import { concatBytes } from "../../core/bytes.ts";
import { ApiError } from "../http/api_error.ts";

/** Seconds after which a signature is too old. */
const TOLERANCE = 300;

/**
 * Checks the header `Stripe-Signature` (`t=SECONDS,v1=HEX,…`): one of its signatures has to be the
 * HMAC-SHA256 of the time and the body.
 * @throws {ApiError} 400 when none is, or when it was made too long ago
 */
export async function verifySignature(
  header: string,
  body: Uint8Array,
  secret: string,
  now: Date,
): Promise<void> {
  const fields = header.split(",").map((field) => field.trim().split("=", 2));
  const time = fields.find(([name]) => name === "t")?.[1] ?? "";
  const signatures = fields.flatMap(([name, value = ""]) =>
    name === "v1" && /^[0-9a-f]{64}$/.test(value) ? [Uint8Array.fromHex(value)] : []
  );
  if (!/^\d{1,12}$/.test(time) || signatures.length === 0) {
    throw refused("The header Stripe-Signature holds no time, or no signature of the scheme v1");
  }
  const encoder = new TextEncoder();
  const key = await crypto.subtle.importKey(
    "raw",
    encoder.encode(secret),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["verify"],
  );
  const signed = concatBytes([encoder.encode(`${time}.`), body]);
  // In a time that says nothing about where they differ.
  const found = await Promise.all(
    signatures.map((signature) => crypto.subtle.verify("HMAC", key, signature, signed)),
  );
  if (!found.includes(true)) {
    throw refused(
      "The signature is not Stripe's for this body and the secret of this environment",
      "Keep the secret that `stripe listen` prints, or that of the endpoint which sends.",
    );
  }
  if (now.getTime() / 1000 - Number(time) > TOLERANCE) {
    throw refused(
      `The signature is older than ${TOLERANCE} seconds`,
      "Check this machine's clock.",
    );
  }
}

function refused(message: string, nextActions?: string): ApiError {
  return new ApiError(400, "INVALID_INPUT", message, nextActions);
}
