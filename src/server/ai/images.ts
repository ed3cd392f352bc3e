import type {
  ImageGenerationRequest,
  ImageGenerationResponse,
} from "../../shared/contract/backend.ts";
import type { Completion } from "./chat.ts";
import type { Gateway } from "./types.ts";
import { tokenUsage } from "./usage.ts";

/** Pictures of a model that answers in pictures (contract section 19.2). */
export async function generateImages(
  gateway: Gateway,
  { model, prompt, images = [] }: ImageGenerationRequest,
  signal: AbortSignal,
): Promise<ImageGenerationResponse> {
  const pictures = images.map(({ url }) => ({ type: "image_url", image_url: { url } }));
  const content = pictures.length ? [{ type: "text", text: prompt }, ...pictures] : prompt;
  const response = await gateway.ask("chat/completions", {
    model,
    messages: [{ role: "user", content }],
    stream: false,
    modalities: ["text", "image"],
  }, signal);
  const answer: Completion = await response.json();
  const messages = (answer.choices ?? []).flatMap(({ message }) => message ?? []);
  return {
    text: messages.findLast(({ content }) => content)?.content ?? undefined,
    images: messages.flatMap(({ images = [] }) => images).flatMap(({ image_url }) =>
      image_url?.url ? [{ type: "imageUrl" as const, imageUrl: image_url.url }] : []
    ),
    metadata: { model, usage: tokenUsage(answer.usage) },
  };
}
