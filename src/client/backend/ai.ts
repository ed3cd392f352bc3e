/** The model gateway's key: section 19.3 of the HTTP contract. */
import { OperationError } from "../../core/errors.ts";
import type { HttpClient } from "../http.ts";

/** What a key has spent, and what every model of it: US dollars; null is no limit. */
export interface AiOverview {
  readonly key: {
    readonly label?: string;
    readonly limit: number | null;
    readonly limitRemaining: number | null;
    readonly limitReset?: string | null;
    readonly usage: number;
    readonly usageDaily: number;
    readonly usageWeekly: number;
    readonly usageMonthly: number;
    readonly observabilityAvailable: boolean;
    readonly observabilityError?: string;
  };
  readonly modelUsage?: readonly {
    readonly model: string;
    readonly requests: number;
    readonly totalTokens: number;
    readonly spend: number;
  }[];
}

/** What was spent. */
export function aiOverview(backend: HttpClient): Promise<AiOverview> {
  return backend.json("GET", "/api/ai/overview");
}

/**
 * The key of OpenRouter.
 * @throws {HttpError} 400 where there is none
 * @throws {OperationError} for what could be two lines of a file
 */
export async function openRouterKey(
  backend: HttpClient,
): Promise<{ readonly apiKey: string; readonly maskedKey?: string }> {
  const answer = await backend.json<{ apiKey?: unknown; maskedKey?: string }>(
    "GET",
    "/api/ai/openrouter/api-key",
  );
  const { apiKey, maskedKey } = answer;
  if (typeof apiKey === "string" && /^[\w.~+/=-]+$/.test(apiKey)) return { apiKey, maskedKey };
  throw new OperationError("The backend gave no key of OpenRouter.", "INVALID_RESPONSE", {
    hint: "Set one up: insforge secrets add OPENROUTER_API_KEY",
  });
}
