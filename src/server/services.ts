import type { Context, Hono } from "hono";
import type { AiOptions } from "./ai/types.ts";
import type { Backups } from "./backups/backups.ts";
import type { SchemaCache } from "./data_api/schema/schema_cache.ts";
import type { Database } from "./database/client.ts";
import type { Identity } from "./http/identity.ts";
import type { Jobs } from "./jobs.ts";
import type { Keys } from "./keys/keys.ts";
import type { Hub } from "./realtime/hub.ts";
import type { Logger } from "./logs/log_file.ts";
import type { Logs } from "./logs/sources.ts";
import type { Mailer } from "./mail/mailer.ts";
import type { PackagesOptions } from "../shared/packages/open_packages.ts";
import type { SecretStore } from "./secrets/store.ts";
import type { ObjectFiles } from "./storage/files.ts";

/** What every area of the backend is built from. */
export interface LocalBackend {
  readonly database: Database;
  /** What its schemas hold, as far as that was asked for. */
  readonly schemas: SchemaCache;
  readonly keys: Keys;
  readonly secrets: SecretStore;
  readonly mailer: Mailer;
  readonly hub: Hub;
  /** The contents of objects. */
  readonly files: ObjectFiles;
  /** How models are reached. */
  readonly ai: AiOptions;
  /** Address that is asked in the place of Stripe's. */
  readonly stripeUrl?: string;
  /** The server's own log. */
  readonly logger: Logger;
  /** Every log that can be read over HTTP. */
  readonly logs: Logs;
  readonly jobs: Jobs;
  readonly backups: Backups;
  /** Absolute path; each area keeps its files in a folder of its own below it. */
  readonly dataDir: string;
  /** Base URL without a trailing slash, known once the server listens. */
  readonly url: string;
  /**
   * Where clients of PostgreSQL are answered, once the server listens; absent when they are not.
   */
  readonly postgresPort?: number;
  readonly version: string;
  /** Whether it answers as InsForge does also where that is a defect. */
  readonly strict: boolean;
  /** The command line that runs this program; functions run in processes of it. */
  readonly self: readonly string[];
  /** Milliseconds that a function may take to answer. */
  readonly functionTimeout?: number;
  /** Where packages come from that functions import; npm's public registry, unless given. */
  readonly packages?: Pick<PackagesOptions, "config" | "cacheFolder">;
  /** Aborted as the server closes, before it waits for the answers that are under way. */
  readonly closing: AbortSignal;
  /** The current time. */
  clock(): Date;
  /** Ends the server, after the answer that is under way. */
  shutdown(): void;
}

/** What middlewares leave in the context of a request. */
export interface RequestVariables {
  Variables: {
    /** Who is calling; set by `requireAdmin` and `requireUser`. */
    identity: Identity;
  };
  Bindings: {
    /** Address of the client. */
    remoteAddress: string;
    /** Whether it came while other data took the place of those that it is answered from. */
    hasWaited: boolean;
  };
}

export type RequestContext = Context<RequestVariables>;
/** Routes of one area. */
export type Area = Hono<RequestVariables>;
