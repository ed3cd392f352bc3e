/**
 * The entry of the database worker: loads the module that answers it from the files that it is
 * handed, and passes on what comes meanwhile.
 */
import { loadCarried } from "../../files/carried_module.ts";
import { takeKept } from "../../files/prepared_files.ts";
import type { WorkerSetup } from "./messages.ts";

const scope = self as unknown as { onmessage: (event: MessageEvent<WorkerSetup>) => void };
const early: MessageEvent<WorkerSetup>[] = [];

scope.onmessage = async (event) => {
  if (early.push(event) > 1) return;
  takeKept(event.data.files);
  await loadCarried("src/server/database/postgres_worker");
  // Which has taken the place of this function, and may be replaced by what it is told.
  for (const message of early) scope.onmessage(message);
};
