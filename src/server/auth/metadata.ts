import type { AuthMetadataSchema } from "../../shared/contract/backend.ts";
import type { Database } from "../database/client.ts";
import { AuthConfig } from "./config.ts";

/** How sign-in is set up, as the owner sees it (contract section 5.3). */
export async function authMetadata(
  backend: { database: Database },
): Promise<AuthMetadataSchema> {
  const { id: _, createdAt: __, updatedAt: ___, ...config } = await new AuthConfig(backend).read();
  const { rows: [providers] } = await backend.database.query<{
    builtIn: AuthMetadataSchema["oAuthProviders"];
    custom: string[];
  }>(
    `SELECT ARRAY(SELECT provider FROM auth.oauth_configs ORDER BY 1) AS "builtIn",
      ARRAY(SELECT key FROM auth.custom_oauth_configs ORDER BY 1) AS custom`,
  );
  return {
    oAuthProviders: providers!.builtIn,
    customOAuthProviders: providers!.custom,
    smtpConfig: {
      enabled: false,
      host: "",
      port: 465,
      username: "",
      hasPassword: false,
      senderEmail: "",
      senderName: "",
      minIntervalSeconds: 60,
    },
    ...config,
    allowedRedirectUrls: config.allowedRedirectUrls ?? [],
  };
}
