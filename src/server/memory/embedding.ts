import { createEmbeddings } from "../ai/embeddings.ts";
import { openGateway } from "../ai/gateway.ts";
import { ApiError, DatabaseError } from "../http/api_error.ts";
import type { LocalBackend } from "../services.ts";

const USUAL_MODEL = "openai/text-embedding-3-small";

/** The secret that names another model for vectors. */
const MODEL_SECRET = "AI_EMBEDDING_MODEL";

/** A text as its vector. */
export interface Embedding {
  readonly model: string;
  /** As pgvector reads it. */
  readonly vector: string;
}

/** How memories are compared: by the vectors of texts, or for a reason by their words. */
export type Comparison =
  | { readonly by: "vectors"; readonly embedding: Embedding }
  | { readonly by: "words"; readonly reason: string; readonly embedding?: undefined };

/** The vector of a text where a model gives one; why there is none is told, and no failure. */
export async function compareBy(
  backend: LocalBackend,
  text: string,
  signal: AbortSignal,
): Promise<Comparison> {
  if (!await keepsVectors(backend)) {
    return { by: "words", reason: "This PostgreSQL has no extension vector" };
  }
  const model = await backend.secrets.read(MODEL_SECRET) ?? USUAL_MODEL;
  try {
    const gateway = await openGateway(backend);
    const { data } = await createEmbeddings(gateway, { model, input: text }, signal);
    const numbers = data[0]?.embedding;
    if (!Array.isArray(numbers)) throw new Error("no vector");
    return { by: "vectors", embedding: { model, vector: JSON.stringify(numbers) } };
  } catch (error) {
    if (error instanceof DatabaseError) throw error;
    const reason = error instanceof ApiError
      ? `${error.message}. ${error.nextActions}`
      : `The model ${model} gave no vector: name another in the secret ${MODEL_SECRET}.`;
    return { by: "words", reason };
  }
}

async function keepsVectors({ database }: LocalBackend): Promise<boolean> {
  const { rows } = await database.query(
    "SELECT 1 AS found FROM pg_attribute WHERE attrelid = 'memory.memories'::regclass " +
      "AND attname = 'embedding'",
  );
  return rows.length > 0;
}
