/** What was paid and given back, as it is shown (contract section 21.4). */
import type { PaymentTransaction } from "@insforge/shared-schemas";
import type { LocalBackend } from "../services.ts";
import type { Environment } from "./keys.ts";

/** The newest transactions, of one subject where one is given. */
export async function listTransactions(
  { database }: LocalBackend,
  environment: Environment,
  { subjectType, subjectId, limit }: { subjectType?: string; subjectId?: string; limit: number },
): Promise<PaymentTransaction[]> {
  const { rows } = await database.query<PaymentTransaction>(
    `SELECT environment, provider, type, status, subject_type AS "subjectType",
      subject_id AS "subjectId", provider_customer_id AS "providerCustomerId",
      customer_email_snapshot AS "customerEmailSnapshot",
      provider_object_id AS "providerReferenceId", provider_object_type AS "providerReferenceType",
      amount::float8 AS amount, amount_refunded::float8 AS "amountRefunded", currency, description,
      paid_at AS "paidAt", failed_at AS "failedAt", refunded_at AS "refundedAt",
      provider_created_at AS "providerCreatedAt", created_at AS "createdAt",
      updated_at AS "updatedAt"
    FROM payments.transactions
    WHERE provider = 'stripe' AND environment = $1 AND ($2::text IS NULL OR subject_type = $2)
      AND ($3::text IS NULL OR subject_id = $3)
    ORDER BY coalesce(provider_created_at, created_at) DESC, id LIMIT $4`,
    [environment, subjectType, subjectId, limit],
  );
  return rows;
}
