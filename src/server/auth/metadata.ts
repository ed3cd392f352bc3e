import type { AuthMetadataSchema } from "../../shared/contract/backend.ts";
import type { Database } from "../database/client.ts";
import type { Keys } from "../keys/keys.ts";
import { SmtpConfig } from "../mail/smtp_config.ts";
import { AuthConfig } from "./config.ts";

/** How sign-in is set up, as the owner sees it (contract section 5.3). */
export async function authMetadata(
  backend: { database: Database; keys: Keys },
): Promise<AuthMetadataSchema> {
  const { id: _, createdAt: __, updatedAt: ___, ...config } = await new AuthConfig(backend).read();
  const { id: _smtp, createdAt: _created, updatedAt: _updated, ...smtpConfig } =
    await new SmtpConfig(backend).read();
  const [providers] = await backend.database.remembered<{
    builtIn: AuthMetadataSchema["oAuthProviders"];
    custom: string[];
  }>(
    `SELECT ARRAY(SELECT provider FROM auth.oauth_configs ORDER BY 1) AS "builtIn",
      ARRAY(SELECT key FROM auth.custom_oauth_configs ORDER BY 1) AS custom`,
  );
  return {
    oAuthProviders: providers!.builtIn,
    customOAuthProviders: providers!.custom,
    smtpConfig,
    ...config,
    allowedRedirectUrls: config.allowedRedirectUrls ?? [],
  };
}
