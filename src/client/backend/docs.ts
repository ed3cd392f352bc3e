/** The documentation that a backend carries: section 12 of the HTTP contract. */
import { OperationError } from "../../core/errors.ts";
import { path } from "../address.ts";
import type { HttpClient } from "../http.ts";

/** One page that can be read. */
export interface DocEntry {
  readonly type: string;
  readonly filename?: string;
  /** Its path on the backend: `/api/docs/TOPIC` or `/api/docs/FEATURE/LANGUAGE`. */
  readonly endpoint: string;
}

/** A page: Markdown. */
export interface Doc {
  readonly type: string;
  readonly content: string;
}

/** Lists the pages. @throws {OperationError} when the answer is no list */
export async function listDocs(backend: HttpClient): Promise<DocEntry[]> {
  const answer = await get(backend, "/api/docs");
  if (!Array.isArray(answer)) throw malformed(backend, "list of documentation");
  return answer.filter((entry) => typeof entry?.endpoint === "string");
}

/**
 * Reads a page by its words: a topic, or a feature and a language.
 * @throws {HttpError} with the code DOCS_NOT_FOUND when there is none
 * @throws {OperationError} when the answer is no page
 */
export async function readDoc(backend: HttpClient, words: readonly string[]): Promise<Doc> {
  const answer = await get(backend, `/api/docs${path(...words)}`) as Doc | undefined;
  if (typeof answer?.content !== "string") throw malformed(backend, "page of documentation");
  return answer;
}

/** Some backends put their answers into `data`. */
async function get(backend: HttpClient, path: string): Promise<unknown> {
  const answer = await backend.json<unknown>("GET", path);
  const isWrapped = typeof answer === "object" && answer !== null && "data" in answer;
  return isWrapped ? answer.data : answer;
}

function malformed(backend: HttpClient, what: string): OperationError {
  return new OperationError(
    `${new URL(backend.baseUrl).host} answered with something that is no ${what}.`,
    "INVALID_RESPONSE",
    { hint: "Check that the address is that of an InsForge backend." },
  );
}
