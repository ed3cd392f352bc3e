/** Reports to InsForge: section 2.14 of the HTTP contract. */
import { OperationError, UsageError } from "../../core/errors.ts";
import {
  type Feedback,
  FEEDBACK_URL,
  type FeedbackAnswer,
} from "../../shared/contract/feedback.ts";
import { HttpClient, type SharedSettings } from "../http.ts";

/** Public: it opens the function that takes reports, and nothing else. */
const FEEDBACK_KEY = "anon_d6bd647caa3988037271f3e00661c014c12c3a8be6a01f66c6efa30afe03d0f8";

/** A report is a favour: it is not waited for long. */
const TIMEOUT_MS = 10_000;

/** What of an invocation the client takes. */
interface Caller {
  readonly surroundings: SharedSettings;
  env(name: string): string | undefined;
}

/** Sends a report; nobody needs to be logged in. @throws {OperationError} when it is refused */
export async function sendFeedback(
  { surroundings, env }: Caller,
  feedback: Feedback,
): Promise<FeedbackAnswer> {
  const address = env("INSFORGE_FEEDBACK_URL") ?? FEEDBACK_URL;
  if (!URL.canParse(address)) {
    throw new UsageError(`INSFORGE_FEEDBACK_URL is no address: ${address}.`);
  }
  const { origin, pathname } = new URL(address);
  const client = new HttpClient({
    ...surroundings,
    baseUrl: origin,
    bearer: () => Promise.resolve(env("INSFORGE_FEEDBACK_ANON_KEY") ?? FEEDBACK_KEY),
    toError: ({ status, text }) =>
      new OperationError(`The report was refused: ${reasonIn(text) ?? status}.`, "NOT_REPORTED", {
        hint: "Try again later, or tell it at https://github.com/InsForge/InsForge/issues.",
      }),
  });
  const answer = await client.json<Partial<FeedbackAnswer> | undefined>("POST", pathname, {
    json: feedback,
    timeoutMs: TIMEOUT_MS,
    // The same report twice is told as a duplicate.
    idempotent: true,
  });
  const status = answer?.status === "duplicate" ? "duplicate" : "received";
  return { id: answer?.id ?? null, status };
}

function reasonIn(text: string): string | undefined {
  try {
    const { error } = Object(JSON.parse(text)) as { error?: unknown };
    return typeof error === "string" ? error.replace(/\.$/, "") : undefined;
  } catch {
    return undefined;
  }
}
