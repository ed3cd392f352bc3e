/** What a backend says of itself: section 5.3 of the HTTP contract. */
import type { HttpClient } from "../http.ts";

/** Every part may be absent: backends of different ages send different ones. */
export interface Metadata {
  readonly auth?: {
    readonly oAuthProviders?: readonly string[];
    readonly requireEmailVerification?: boolean;
    readonly passwordMinLength?: number;
    readonly requireNumber?: boolean;
    readonly requireLowercase?: boolean;
    readonly requireUppercase?: boolean;
    readonly requireSpecialChar?: boolean;
    readonly verifyEmailMethod?: string;
    readonly resetPasswordMethod?: string;
    readonly disableSignup?: boolean;
  };
  readonly database?: {
    readonly tables?: readonly { readonly tableName: string; readonly recordCount: number }[];
    readonly totalSizeInGB?: number;
    readonly hint?: string;
  };
  readonly storage?: {
    readonly buckets?: readonly {
      readonly name: string;
      readonly public: boolean;
      readonly createdAt?: string;
      readonly objectCount?: number;
    }[];
    readonly totalSizeInGB?: number;
  };
  readonly functions?: readonly {
    readonly slug: string;
    readonly name: string;
    readonly description?: string | null;
    readonly status: string;
  }[];
  readonly aiIntegration?: {
    readonly models?: readonly {
      readonly modelId: string;
      readonly inputModality?: readonly string[];
      readonly outputModality?: readonly string[];
    }[];
  };
  readonly realtime?: {
    readonly channels?: readonly {
      readonly id: string;
      readonly pattern: string;
      readonly webhookUrls?: readonly string[] | null;
      readonly enabled: boolean;
      readonly description?: string | null;
    }[];
  };
  readonly deployments?: { readonly customSlug?: string | null };
  readonly version?: string;
}

/** The rows of every table are counted for it. */
const TIMEOUT_MS = 120_000;

/** Reads the backend's metadata. Needs the admin key. */
export async function getMetadata(backend: HttpClient): Promise<Metadata> {
  const options = { timeoutMs: TIMEOUT_MS };
  return await backend.json<Metadata | undefined>("GET", "/api/metadata", options) ?? {};
}
