import type { Database } from "../database/client.ts";
import { codesIn, linksIn, textOf } from "./highlights.ts";
import type { Message, StoredMail } from "./message.ts";

/** Mails that are kept; older ones make room. */
const CAPACITY = 1000;

type Row = Omit<StoredMail, "codes" | "links" | "text">;

const COLUMNS =
  `id, sent_at AS "sentAt", sender, recipients, cc, bcc, reply_to AS "replyTo", subject,
  html, delivered_by AS "deliveredBy"`;

/** The mail of this machine: what the backend sent, or would have. */
export class Inbox {
  readonly #database: Database;

  constructor({ database }: { database: Database }) {
    this.#database = database;
  }

  async add(
    message: Message,
    sentAt: Date,
    deliveredBy: StoredMail["deliveredBy"],
  ): Promise<StoredMail> {
    const { rows } = await this.#database.query<Row & { sequence: string }>(
      `INSERT INTO email.inbox
        (sent_at, sender, recipients, cc, bcc, reply_to, subject, html, delivered_by)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING ${COLUMNS}, sequence`,
      [
        sentAt.toISOString(),
        message.sender,
        message.recipients,
        message.cc,
        message.bcc,
        message.replyTo,
        message.subject,
        message.html,
        deliveredBy,
      ],
    );
    const { sequence, ...row } = rows[0]!;
    await this.#database.query("DELETE FROM email.inbox WHERE sequence <= $1", [
      Number(sequence) - CAPACITY,
    ]);
    return highlighted(row);
  }

  /** The newest mails first. @param to an address that they went to */
  async list({ to, limit }: { to?: string; limit: number }): Promise<StoredMail[]> {
    const { rows } = await this.#database.query<Row>(
      `SELECT ${COLUMNS} FROM email.inbox
      WHERE $1::text IS NULL OR lower($1) = ANY (recipients || cc || bcc)
      ORDER BY sequence DESC LIMIT $2`,
      [to ?? null, limit],
    );
    return rows.map(highlighted);
  }

  /** The mail whose id begins like this, the newest of several. */
  async find(id: string): Promise<StoredMail | undefined> {
    const { rows } = await this.#database.query<Row>(
      `SELECT ${COLUMNS} FROM email.inbox WHERE starts_with(id::text, lower($1))
      ORDER BY sequence DESC LIMIT 1`,
      [id],
    );
    return rows[0] && highlighted(rows[0]);
  }

  /** @returns how many there were */
  async clear(): Promise<number> {
    return (await this.#database.query("DELETE FROM email.inbox")).rowCount ?? 0;
  }
}

function highlighted(row: Row): StoredMail {
  const text = textOf(row.html);
  return { ...row, text, codes: codesIn(`${row.subject} ${text}`), links: linksIn(row.html) };
}
