import type { AIOverview } from "../../shared/contract/backend.ts";
import type { LocalBackend } from "../services.ts";
import { openGateway, OPENROUTER_KEY } from "./gateway.ts";

/** What OpenRouter says of a key. */
interface KeyInfo {
  readonly label?: string;
  readonly limit?: number | null;
  readonly limit_remaining?: number | null;
  readonly limit_reset?: string | null;
  readonly usage?: number;
  readonly usage_daily?: number;
  readonly usage_weekly?: number;
  readonly usage_monthly?: number;
  readonly is_free_tier?: boolean;
}

/**
 * What the key has spent (contract section 19.3): nothing where there is none. An address of one's
 * own is asked as OpenRouter is.
 * @throws {ApiError} 502 where it does not tell
 */
export async function keyOverview(
  backend: LocalBackend,
  signal: AbortSignal,
): Promise<AIOverview> {
  const { ai, secrets } = backend;
  const hasKey = !ai.echo && (ai.url !== undefined || await secrets.read(OPENROUTER_KEY));
  const info = hasKey ? await keyInfo(backend, signal) : {};
  const { limit = null, usage = 0 } = info;
  return {
    key: {
      label: info.label,
      limit,
      limitRemaining: info.limit_remaining ?? (limit === null ? null : limit - usage),
      limitReset: info.limit_reset ?? null,
      usage,
      usageDaily: info.usage_daily ?? 0,
      usageWeekly: info.usage_weekly ?? 0,
      usageMonthly: info.usage_monthly ?? 0,
      isFreeTier: info.is_free_tier,
      observabilityAvailable: false,
      observabilityError: "The local backend does not tell what each model took.",
    },
    charts: { spend: [], requests: [], tokens: [] },
    modelUsage: [],
  };
}

async function keyInfo(backend: LocalBackend, signal: AbortSignal): Promise<KeyInfo> {
  const answer = await (await openGateway(backend)).ask("key", undefined, signal);
  return (await answer.json()).data ?? {};
}
