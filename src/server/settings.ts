import { authMetadata } from "./auth/metadata.ts";
import { CustomClients } from "./auth/oauth/custom_clients.ts";
import { OAuthClients } from "./auth/oauth/clients.ts";
import { FunctionStore } from "./functions/store.ts";
import { CHANNELS_SQL } from "./realtime/channels.ts";
import { ScheduleStore } from "./schedules/store.ts";
import type { LocalBackend } from "./services.ts";
import { StorageStore } from "./storage/store.ts";

/**
 * Reads what a project is set up with, which the database remembers from then on: whoever asks for
 * it waits for no statement.
 */
export async function readSettings(backend: LocalBackend): Promise<void> {
  await authMetadata(backend);
  await new OAuthClients(backend).list();
  await new CustomClients(backend).list();
  await new FunctionStore(backend).list();
  await new StorageStore(backend).buckets();
  await new ScheduleStore(backend).list();
  await backend.database.remembered(CHANNELS_SQL);
  await backend.secrets.list();
}
