import { fetchFailure } from "../../../core/fetch_failure.ts";
import { systemClock } from "../../../core/clock.ts";
import type { StoreCredentials, StoreLocation } from "../../../shared/contract/storage_url.ts";
import { ApiError } from "../../http/api_error.ts";
import { ALGORITHM, encodeAll, encodeQuery, sha256, Signer } from "../s3/signing.ts";
import { textOf } from "../s3/xml.ts";

/** How often a request is sent, and milliseconds before the second time. */
const ATTEMPTS = 3;
const PAUSE_MS = 200;
/** Milliseconds that the head of an answer may take, the sending of a part included. */
const ANSWER_MS = 120_000;

/** What is asked of a store. */
export interface StoreRequest {
  readonly parameters?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer>;
  /** Statuses beside those of success that are answers. */
  readonly accept?: readonly number[];
}

/** A bucket of an S3 store (contract section 18), asked with signed requests. */
export class ObjectStore {
  readonly #location: StoreLocation;
  readonly #credentials: StoreCredentials;

  constructor(location: StoreLocation, credentials: StoreCredentials) {
    this.#location = location;
    this.#credentials = credentials;
  }

  /**
   * Sends a request about a key, or about the bucket for an empty one; again after failures that
   * pass, as no request does more when it comes twice.
   * @throws {ApiError} 502 in the store's words
   */
  async send(method: string, key: string, request: StoreRequest = {}): Promise<Response> {
    for (let attempt = 1;; attempt++) {
      const answer = await this.#sendOnce(method, key, request).catch((error) => error as Error);
      const isPassing = answer instanceof Error || answer.status >= 500 || answer.status === 429;
      if (!isPassing || attempt === ATTEMPTS) return await accepted(answer, request.accept ?? []);
      if (!(answer instanceof Error)) await drained(answer);
      await systemClock.sleep(PAUSE_MS * 2 ** attempt);
    }
  }

  async #sendOnce(
    method: string,
    key: string,
    { parameters = {}, headers: more = {}, body }: StoreRequest,
  ): Promise<Response> {
    const { endpoint, bucket, region } = this.#location;
    const { accessKeyId, secretAccessKey } = this.#credentials;
    const base = new URL(endpoint);
    const names = [bucket, ...(key === "" ? [] : key.split("/"))].map(encodeAll);
    const path = `${base.pathname.replace(/\/$/, "")}/${names.join("/")}`;
    const query = new Map(Object.entries(parameters));
    const time = systemClock.now().toISOString().replace(/[-:]|\.\d+/g, "");
    const payload = sha256(body ?? "");
    const headers = new Headers({
      ...more,
      host: base.host,
      "x-amz-content-sha256": payload,
      "x-amz-date": time,
    });
    const signedHeaders = [...headers.keys()].sort();
    const scope = `${time.slice(0, 8)}/${region}/s3/aws4_request`;
    const signature = new Signer(secretAccessKey, scope, time)
      .signRequest({ method, path, parameters: query, headers, signedHeaders, payload });
    headers.delete("host");
    headers.set(
      "authorization",
      `${ALGORITHM} Credential=${accessKeyId}/${scope}, ` +
        `SignedHeaders=${signedHeaders.join(";")}, Signature=${signature}`,
    );
    const search = query.size > 0 ? `?${encodeQuery(query)}` : "";
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(new Error("it does not answer")), ANSWER_MS);
    try {
      return await fetch(`${base.origin}${path}${search}`, {
        ...{ method, headers, body, signal: late.signal },
        // A signature is for one address.
        redirect: "manual",
      });
    } finally {
      clearTimeout(timer);
    }
  }
}

/** @throws {ApiError} 502 for what is no success */
async function accepted(answer: Response | Error, accept: readonly number[]): Promise<Response> {
  if (answer instanceof Error) throw unavailable(fetchFailure(answer));
  if (answer.ok || accept.includes(answer.status)) return answer;
  const text = await answer.text();
  const code = textOf(text, "Code") ?? "";
  throw unavailable(`${answer.status} ${code} ${textOf(text, "Message") ?? ""}`.trim());
}

/** The failure of a store. */
export function unavailable(reason: string): ApiError {
  return new ApiError(
    502,
    "UPSTREAM_FAILURE",
    `The object store failed: ${reason}`,
    "Try again; whoever runs this backend can see whether the store answers.",
  );
}

/** Lets go of an answer whose body says nothing. */
export async function drained(answer: Response): Promise<void> {
  await answer.body?.cancel();
}
