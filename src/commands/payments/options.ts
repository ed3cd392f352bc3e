/** Options that the commands of payments share. */
import { EnumType } from "@cliffy/command";
import { parseJsonObject } from "../../cli/input.ts";
import { wholeNumberOption } from "../../cli/options.ts";
import type { Wanted } from "../../client/backend/payments.ts";
import { UsageError } from "../../core/errors.ts";
import type { PaymentEnvironment } from "../../shared/contract/backend.ts";

/** Stripe's two modes. */
export const environmentType = new EnumType(["test", "live"]);
export const ENVIRONMENT_HELP = "The mode of Stripe: test (default) or live.";

const USUAL_LIMIT = 50;
export const LIMIT_HELP = `How many (default: ${USUAL_LIMIT}).`;

/** @throws {UsageError} */
export function limitOption(limit: number | undefined): number {
  return wholeNumberOption(limit, "--limit", 1, 100) ?? USUAL_LIMIT;
}

/** Options of what lists rows of payers. */
export interface RowOptions {
  environment?: PaymentEnvironment;
  subjectType?: string;
  subjectId?: string;
  limit?: number;
}

/** Which rows are asked for. @throws {UsageError} for half a subject */
export function wantedRows({ limit, subjectType, subjectId }: RowOptions): Wanted {
  if ((subjectType === undefined) !== (subjectId === undefined)) {
    throw new UsageError("--subject-type and --subject-id go together.", {
      hint: "They name who of the app pays: --subject-type team --subject-id 42.",
    });
  }
  return { limit: limitOption(limit), subjectType, subjectId };
}

/** What Stripe keeps with something: texts by name. @throws {UsageError} */
export function metadataOption(json: string | undefined): Record<string, string> | undefined {
  if (json === undefined) return undefined;
  const metadata = parseJsonObject(json, "--metadata");
  for (const [name, value] of Object.entries(metadata)) {
    if (typeof value === "string") continue;
    throw new UsageError(`--metadata holds what is no text: ${name}.`, {
      hint: `Write it as text, such as --metadata '{"size": "12"}'.`,
    });
  }
  return metadata as Record<string, string>;
}

/** A text, or with the word `null` none. */
export function nullableOption(text: string | undefined): string | null | undefined {
  return text === "null" ? null : text;
}

/** The fields that were given. @throws {UsageError} when there are none */
export function someFields<T extends object>(fields: T, names: string): T {
  if (Object.values(fields).some((value) => value !== undefined)) return fields;
  throw new UsageError("There is nothing to change.", { hint: `Give one of ${names}.` });
}

export const SUBJECT_TYPE_HELP = "Only those of this kind of payer, such as team.";
export const SUBJECT_ID_HELP = "Which one of that kind: an id of the app's.";

/** Who of the app pays, in a word. */
export function subjectOf(
  { subjectType, subjectId }: { subjectType: string | null; subjectId: string | null },
): string {
  return subjectType && subjectId ? `${subjectType} ${subjectId}` : "";
}

export const DESCRIPTION_HELP = "A line about it; null for none.";
export const ACTIVE_HELP = "Whether it is on sale: true or false.";
export const METADATA_HELP = "Texts by name, as a JSON object.";
export const IDEMPOTENCY_HELP = "Sent again with this key, it is made once.";
export const LOOKUP_HELP = "A name to find it by; null for none.";
export const TAX_HELP = "Whether tax is in it.";

const INTERVALS = ["day", "week", "month", "year"] as const;
export type Interval = typeof INTERVALS[number];
export const intervalType = new EnumType(INTERVALS);

const TAX_BEHAVIORS = ["exclusive", "inclusive", "unspecified"] as const;
export type TaxBehavior = typeof TAX_BEHAVIORS[number];
export const taxType = new EnumType(TAX_BEHAVIORS);
