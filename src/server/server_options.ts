import type { StoreAccess } from "../shared/contract/storage_url.ts";
import type { AiOptions } from "./ai/types.ts";
import type { EngineOptions, EngineWish } from "./database/engine_options.ts";
import type { StoredMail } from "./mail/message.ts";
import type { LocalBackend } from "./services.ts";

/** How a server is started. */
export interface ServerOptions {
  /** Absolute path of the data directory, created when absent. */
  dataDir: string;
  /** Absolute path of the folder that backups are kept in, created when one is taken. */
  snapshots: string;
  /** Ports to try in turn; 0 takes any free one. */
  ports: Iterable<number>;
  /** Ports for clients of PostgreSQL, to try in turn; without any they are not answered. */
  postgresPorts?: Iterable<number>;
  /** Which PostgreSQL is wanted beneath. */
  engine?: EngineWish;
  thread?: EngineOptions["thread"];
  /** The S3 store that objects are kept in; that of the data directory, or itself, unless given. */
  objects?: StoreAccess;
  version: string;
  /** Answer as InsForge does also where that is a defect. */
  strict?: boolean;
  /** The command line that runs this program; functions run in processes of it. */
  self: readonly string[];
  isDataThere?: EngineOptions["isDataThere"];
  /** Makes room on a full disk, so that the database can be opened; false when it cannot. */
  makeRoom?(): Promise<boolean>;
  /** Milliseconds that one SQL statement may take. */
  statementTimeout?: number;
  /** Milliseconds that a function may take to answer; 60 000 unless given. */
  functionTimeout?: number;
  /** Where packages come from that functions import; npm's public registry, unless given. */
  packages?: LocalBackend["packages"];
  /** How models are reached; by OpenRouter when there is a key, unless given. */
  ai?: AiOptions;
  /** Address that is asked in the place of Stripe's. */
  stripeUrl?: string;
  clock?: () => Date;
  /** Called when a backup was restored, before whoever asked for it is answered. */
  onReplaced?(): Promise<unknown>;
  /** Told of every mail that the backend sends. */
  onMail?(mail: StoredMail): void;
}
