/** What a model for chat decides about memories; its answers are untrusted. */
import { memoryKindSchema } from "@insforge/shared-schemas";
import { complete } from "../ai/chat.ts";
import { openGateway } from "../ai/gateway.ts";
import type { Gateway } from "../ai/types.ts";
import { ApiError, DatabaseError } from "../http/api_error.ts";
import type { LocalBackend } from "../services.ts";
import type { KeptMemory, Memory } from "./memories.ts";

const USUAL_MODEL = "openai/gpt-4o-mini";

/** The secret that names another model for chat. */
const MODEL_SECRET = "AI_CHAT_MODEL";

/** What becomes of something new beside what is known. */
export type Verdict =
  | { readonly action: "ADD" | "NOOP" }
  | { readonly action: "UPDATE"; readonly id: string; readonly title?: string; content?: string };

const EXTRACT = `You read the transcript of a coding agent's task. Give the things worth knowing in
later tasks as JSON, and nothing else:
{"memories": [{"kind": "fact" | "decision" | "preference" | "reference", "title": "one line",
"content": "one self-contained statement"}]}
Keep decisions with their reasons, constraints, surprises, and where things are. Each entry is one
statement that is understood alone. Leave out progress, errors that were mended, and what the code
itself tells. An empty list is a good answer.`;

const RECONCILE = `You keep the notes of a project. You get a new note and those that resemble it.
Answer as JSON, and nothing else: {"action": "NOOP"} when a note says the same already;
{"action": "UPDATE", "target_id": "its id", "title": "…", "content": "…"} when the new one corrects
or completes a note, with what it shall say then; {"action": "ADD"} when it is something else.`;

/**
 * The statements in a transcript that are worth keeping.
 * @throws {ApiError} 503 without a model, 502 when it fails
 */
export async function extract(
  backend: LocalBackend,
  transcript: string,
  signal: AbortSignal,
): Promise<Memory[]> {
  const answer = await ask(await gatewayOf(backend), backend, EXTRACT, transcript, signal);
  const found = Array.isArray(answer?.memories) ? answer.memories : [];
  return found.flatMap((one) => {
    const { kind, title, content } = Object(one);
    if (!isText(title) || !isText(content)) return [];
    return [{ kind: memoryKindSchema.safeParse(kind).data ?? "fact", title, content }];
  });
}

/** What to do with a new memory; undefined where no model says it in a way that can be followed. */
export async function reconcile(
  backend: LocalBackend,
  memory: Memory,
  known: readonly KeptMemory[],
  signal: AbortSignal,
): Promise<Verdict | undefined> {
  const question = JSON.stringify({ new: memory, known });
  let answer: Answer | undefined;
  try {
    answer = await ask(await gatewayOf(backend), backend, RECONCILE, question, signal);
  } catch (error) {
    if (error instanceof DatabaseError) throw error;
    return undefined;
  }
  const { action, target_id: id, title, content } = answer ?? {};
  if (action === "ADD" || action === "NOOP") return { action };
  if (action !== "UPDATE" || !known.some((one) => one.id === id)) return undefined;
  return {
    action,
    id: id as string,
    title: isText(title) ? title : undefined,
    content: isText(content) ? content : undefined,
  };
}

type Answer = Readonly<Record<string, unknown>>;

/** @throws {ApiError} 503 without a model */
async function gatewayOf(backend: LocalBackend): Promise<Gateway> {
  if (!backend.ai.echo) return await openGateway(backend);
  throw new ApiError(
    503,
    "AI_UPSTREAM_UNAVAILABLE",
    "An echo finds nothing in a transcript",
    "Start the backend with --ai-url, or remember the statements one by one.",
  );
}

/** The JSON object of an answer, in whatever it is wrapped. */
async function ask(
  gateway: Gateway,
  { secrets }: LocalBackend,
  system: string,
  question: string,
  signal: AbortSignal,
): Promise<Answer | undefined> {
  const model = await secrets.read(MODEL_SECRET) ?? USUAL_MODEL;
  const messages = [
    { role: "system" as const, content: system },
    { role: "user" as const, content: question },
  ];
  const { text } = await complete(gateway, { model, messages, temperature: 0 }, signal);
  try {
    return JSON.parse(text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1));
  } catch {
    return undefined;
  }
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.trim() !== "";
}
