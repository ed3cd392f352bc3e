/** The inbox of a local backend. */
import { HttpError, NotFoundError } from "../../core/errors.ts";
import { path } from "../address.ts";
import type { HttpClient } from "../http.ts";
import { localOnly } from "./auth.ts";

/** A mail that the backend sent, or would have. */
export interface Mail {
  readonly id: string;
  /** ISO time. */
  readonly sentAt: string;
  readonly sender: string;
  readonly recipients: readonly string[];
  readonly cc: readonly string[];
  readonly bcc: readonly string[];
  readonly replyTo: string | null;
  readonly subject: string;
  readonly html: string;
  /** The words without the markup. */
  readonly text: string;
  /** `smtp` when it also left the machine. */
  readonly deliveredBy: "inbox" | "smtp";
  readonly codes: readonly string[];
  readonly links: readonly string[];
}

const BASE = "/api/local/mail";

/** The newest mails first. @param to an address that they went to */
export async function listMail(
  backend: HttpClient,
  { to, limit }: { to?: string; limit: number },
): Promise<Mail[]> {
  const query = new URLSearchParams({ limit: String(limit) });
  if (to) query.set("to", to);
  const { mails } = await asked(backend.json<{ mails: Mail[] }>("GET", `${BASE}?${query}`));
  return mails;
}

/**
 * One mail, by the beginning of its id, or the newest.
 * @throws {NotFoundError} when there is none
 */
export async function findMail(
  backend: HttpClient,
  { id, to }: { id?: string; to?: string },
): Promise<Mail> {
  if (id) return await asked(backend.json<Mail>("GET", BASE + path(id)));
  const [newest] = await listMail(backend, { to, limit: 1 });
  if (newest) return newest;
  throw new NotFoundError(to ? `No mail to ${to} was sent yet.` : "No mail was sent yet.");
}

/** The address of the inbox for a browser; it works for a minute, and then for that browser. */
export async function mailPage(backend: HttpClient): Promise<string> {
  return (await asked(backend.json<{ url: string }>("POST", `${BASE}/page`))).url;
}

async function asked<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw error instanceof HttpError && error.code === "NOT_FOUND" ? localOnly() : error;
  }
}
