/** What agents remember: section 20 of the HTTP contract. */
import type {
  MemoryIndexEntry,
  MemoryKind,
  RecalledMemory,
  RememberResult,
} from "../../shared/contract/backend.ts";
import type { HttpClient } from "../http.ts";
import { sendChange } from "../lost_answer.ts";

/** What the local backend adds: by what it compared memories, and why not by vectors. */
interface Compared {
  readonly comparedBy?: "vectors" | "words";
  readonly reason?: string;
}

/** One memory, or the transcript that a model finds some in. */
export type NewMemories =
  & { readonly scope?: string; readonly source?: string }
  & (
    | { readonly kind?: MemoryKind; readonly title: string; readonly content: string }
    | { readonly transcript: string }
  );

const BASE = "/api/memory";
/** Models take their time: a transcript takes several of their answers. */
const MODEL_TIMEOUT_MS = 300_000;

/** Has memories kept, and answers what became of each. */
export function rememberMemories(
  backend: HttpClient,
  memories: NewMemories,
): Promise<Compared & { readonly results: readonly RememberResult[] }> {
  const options = { json: memories, timeoutMs: MODEL_TIMEOUT_MS };
  return sendChange(() => backend.json("POST", `${BASE}/remember`, options), {
    may: "it may be remembered",
    hint: "See what is known with: insforge memory list",
  });
}

/** The memories that are near to a question, the nearest first. */
export function recallMemories(
  backend: HttpClient,
  question: {
    readonly scope?: string;
    readonly query: string;
    readonly limit?: number;
    readonly threshold?: number;
  },
): Promise<Compared & { readonly memories: readonly RecalledMemory[] }> {
  const options = { json: question, timeoutMs: MODEL_TIMEOUT_MS, idempotent: true };
  return backend.json("POST", `${BASE}/recall`, options);
}

/** The titles of all memories of a scope. */
export function listMemories(
  backend: HttpClient,
  scope: string | undefined,
): Promise<{ readonly entries: readonly MemoryIndexEntry[] }> {
  return backend.json("POST", `${BASE}/index`, { json: { scope }, idempotent: true });
}
