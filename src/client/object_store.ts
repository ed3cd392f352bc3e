/** Object stores that presigned addresses of a backend lead to. They get no credential of ours. */
import { HttpError, OperationError } from "../core/errors.ts";
import { ExitCode } from "../core/exit_codes.ts";
import { HttpClient, type Refusal, type RequestFacts, type SharedSettings } from "./http.ts";

/** A client for the host of a presigned address. */
export function objectStoreClient(presigned: string, surroundings: SharedSettings): HttpClient {
  return new HttpClient({
    ...surroundings,
    baseUrl: originOf(presigned),
    bearer: () => Promise.resolve(undefined),
    toError: objectStoreError,
  });
}

/** @throws {OperationError} */
function originOf(presigned: string): string {
  const url = URL.parse(presigned);
  if (url && /^https?:$/.test(url.protocol)) return url.origin;
  throw new OperationError(
    `The backend gave no http(s) address for the transfer: ${JSON.stringify(presigned)}.`,
    "INVALID_RESPONSE",
    { hint: "Check the backend's storage settings." },
  );
}

/** Object stores explain themselves in XML: `<Error><Code>…</Code><Message>…</Message></Error>`. */
function objectStoreError({ status, text }: Refusal, { url }: RequestFacts): HttpError {
  const element = (name: string) =>
    new RegExp(`<${name}>([^<]{1,500})</${name}>`).exec(text)?.[1]?.trim();
  const message = element("Message") ?? jsonMessage(text);
  return new HttpError(
    `${url.host} refused the upload with status ${status}` +
      (message ? `: ${message}` : "."),
    status,
    element("Code") ?? "UPLOAD_REFUSED",
    ExitCode.general,
    { hint: "Try again; if it goes on, check the backend's storage settings." },
  );
}

function jsonMessage(text: string): string | undefined {
  try {
    const message: unknown = JSON.parse(text)?.message;
    return typeof message === "string" ? message : undefined;
  } catch {
    return undefined;
  }
}
