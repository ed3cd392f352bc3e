/** The documentation that a backend carries: section 12 of the HTTP contract. */
import { type HttpClient, path } from "../http.ts";

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

/** Lists the pages. */
export async function listDocs(backend: HttpClient): Promise<DocEntry[]> {
  return unwrap(await backend.json<Wrapped<DocEntry[]>>("GET", "/api/docs")) ?? [];
}

/** Reads a page by its words: a topic, or a feature and a language. @throws {HttpError} */
export async function readDoc(backend: HttpClient, words: readonly string[]): Promise<Doc> {
  return unwrap(await backend.json<Wrapped<Doc>>("GET", `/api/docs${path(...words)}`));
}

type Wrapped<T> = T | { readonly data: T };

/** Some backends put their answers into `data`. */
function unwrap<T>(answer: Wrapped<T>): T {
  const isWrapped = typeof answer === "object" && answer !== null && "data" in answer;
  return isWrapped ? answer.data : answer as T;
}
