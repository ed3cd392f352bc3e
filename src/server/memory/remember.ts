import type { RememberResult } from "@insforge/shared-schemas";
import type { LocalBackend } from "../services.ts";
import { compareBy, type Comparison } from "./embedding.ts";
import { reconcile } from "./judge.ts";
import type { Memories, Memory } from "./memories.ts";

/** How near a memory has to be to what is new, for a model to be asked whether it is the same. */
const RESEMBLES = { threshold: 0.5, limit: 3 };

/** Where a memory belongs. */
export interface Belonging {
  readonly scope: string;
  readonly source?: string;
}

/**
 * Keeps a memory, unless it is known; what it corrects it replaces. A model says which of the two
 * it is; without one, a memory with the same title is replaced.
 */
export async function remember(
  backend: LocalBackend,
  memories: Memories,
  memory: Memory,
  { scope, source }: Belonging,
  signal: AbortSignal,
): Promise<{ readonly result: RememberResult; readonly comparison: Comparison }> {
  const text = textOf(memory);
  const comparison = await compareBy(backend, text, signal);
  const { embedding } = comparison;
  const known = embedding ? await memories.near(scope, text, embedding, RESEMBLES) : [];
  const verdict = known.length > 0 ? await reconcile(backend, memory, known, signal) : undefined;
  const noop: RememberResult = { action: "NOOP", title: memory.title };
  if (verdict?.action === "NOOP") return { comparison, result: noop };

  if (verdict?.action === "UPDATE") {
    const { id, title = memory.title, content = memory.content } = verdict;
    const merged = { ...memory, title, content };
    const { embedding } = await compareBy(backend, textOf(merged), signal);
    if (await memories.change((changes) => changes.replace(id, merged, source, embedding))) {
      return { comparison, result: { action: "UPDATE", id, title } };
    }
  }
  const result = await memories.change(async (changes): Promise<RememberResult> => {
    const { title } = memory;
    const same = verdict ? undefined : await changes.same(scope, memory);
    if (!same) {
      return { action: "ADD", id: await changes.add(scope, memory, source, embedding), title };
    }
    if (same.content === memory.content && same.kind === memory.kind) return noop;
    await changes.replace(same.id, memory, source, embedding);
    return { action: "UPDATE", id: same.id, title };
  });
  return { comparison, result };
}

function textOf({ title, content }: Memory): string {
  return title === content ? content : `${title}\n${content}`;
}
