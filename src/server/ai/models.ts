import type { AIModelSchema } from "../../shared/contract/backend.ts";
import type { Gateway } from "./types.ts";

const TOKENS_PRICED = 1_000_000;
const MODALITIES = ["text", "image", "audio", "video", "file"] as const;

/** A model as OpenAI lists it, with what OpenRouter adds. */
interface ListedModel {
  id: string;
  created?: number;
  architecture?: { input_modalities?: string[]; output_modalities?: string[] };
  pricing?: { prompt?: string; completion?: string };
}

/** The models that can be asked, by name (contract section 19.3). */
export async function listModels(gateway: Gateway): Promise<AIModelSchema[]> {
  const { data = [] }: { data?: ListedModel[] } = await (await gateway.ask("models")).json();
  return data.map(({ id, created, architecture, pricing }) => ({
    id,
    created,
    modelId: id,
    provider: "openrouter",
    inputModality: modalities(architecture?.input_modalities),
    outputModality: modalities(architecture?.output_modalities),
    inputPrice: price(pricing?.prompt),
    outputPrice: price(pricing?.completion),
  })).sort((a, b) => a.id < b.id ? -1 : 1);
}

/** Those that the contract has; a list that names none is of models for text. */
function modalities(names: readonly string[] = []): AIModelSchema["inputModality"] {
  const known = MODALITIES.filter((name) => names.includes(name));
  return known.length ? known : ["text"];
}

/** Dollars for a million tokens, from those for one. */
function price(perToken: string | undefined): number | undefined {
  const dollars = Number(perToken) * TOKENS_PRICED;
  return dollars >= 0 ? dollars : undefined;
}
