import { isWebAddress } from "../../core/web_address.ts";
import { UsageError } from "../../core/errors.ts";

/** How the local backend reaches models. */
export interface AiOptions {
  /** Base address of an OpenAI-compatible API. */
  readonly url?: string;
  /** Answer with an echo instead of a model. */
  readonly echo?: boolean;
}

/** What `--ai-url` and `--ai-echo` say. @throws {UsageError} for both, or for no address */
export function aiOptions(
  { aiUrl, aiEcho }: { aiUrl?: string; aiEcho?: boolean },
): AiOptions {
  if (aiUrl === undefined) return { echo: aiEcho };
  if (aiEcho) throw new UsageError("--ai-url and --ai-echo exclude each other.");
  if (!isWebAddress(aiUrl)) {
    throw new UsageError(`--ai-url is no address: ${JSON.stringify(aiUrl)}.`, {
      hint: "Give the base address of an OpenAI-compatible API, as http://127.0.0.1:11434/v1.",
    });
  }
  return { url: aiUrl };
}
