import type { EmbeddingsRequest, EmbeddingsResponse } from "../../shared/contract/backend.ts";
import type { Gateway } from "./types.ts";
import { tokenUsage, type Usage } from "./usage.ts";

/** Vectors of texts (contract section 19.2). */
export async function createEmbeddings(
  gateway: Gateway,
  { model, input, encoding_format = "float", dimensions }: EmbeddingsRequest,
  signal: AbortSignal,
): Promise<EmbeddingsResponse> {
  const body = { model, input, encoding_format, dimensions };
  const answer = await (await gateway.ask("embeddings", body, signal)).json() as {
    model?: string;
    data: { embedding: number[] | string; index: number }[];
    usage?: Usage;
  };
  return {
    object: "list",
    data: answer.data.map(({ embedding, index }) => ({ object: "embedding", embedding, index })),
    metadata: { model: answer.model ?? model, usage: tokenUsage(answer.usage) },
  };
}
