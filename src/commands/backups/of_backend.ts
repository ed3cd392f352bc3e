/** Backups that a self-hosted backend keeps: dumps of its database. */
import type { HttpClient } from "../../client/http.ts";
import { path } from "../../client/address.ts";
import type { Backup, Keeper } from "./backup.ts";

const BASE = "/api/database/backups";
/** A restore answers when it is done. */
const TIMEOUT_MS = 10 * 60 * 1000;

/** The backups of a backend. */
export function backupsOfBackend(backend: HttpClient): Keeper {
  return {
    isWhole: false,
    async list() {
      return (await backend.json<{ backups?: Backup[] }>("GET", BASE))?.backups ?? [];
    },
    create: (name) => backend.json<Backup>("POST", BASE, { json: name ? { name } : {} }),
    async rename(id, name) {
      await backend.json("PATCH", BASE + path(id), { json: { name } });
    },
    async remove(id) {
      await backend.json("DELETE", BASE + path(id));
    },
    async restore(id) {
      await backend.json("POST", `${BASE}${path(id)}/restore`, { timeoutMs: TIMEOUT_MS });
    },
  };
}
