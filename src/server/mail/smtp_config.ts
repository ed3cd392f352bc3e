import type { SmtpConfigSchema, UpsertSmtpConfigRequest } from "../../shared/contract/backend.ts";
import type { Database } from "../database/client.ts";
import { ApiError } from "../http/api_error.ts";
import type { Keys } from "../keys/keys.ts";
import { openCipher } from "../secrets/cipher.ts";
import { type SmtpServer, tryConnection } from "./smtp.ts";

const COLUMNS = `id, enabled, host, port, username, password_encrypted <> '' AS "hasPassword",
  sender_email AS "senderEmail", sender_name AS "senderName",
  min_interval_seconds AS "minIntervalSeconds",
  created_at AS "createdAt", updated_at AS "updatedAt"`;

/** A server to send through, and as whom. */
export interface Delivery extends SmtpServer {
  sender: string;
  /** Seconds between two mails to the same address. */
  minIntervalSeconds: number;
}

/** How mail leaves the machine, if at all: the one row of `email.config`. */
export class SmtpConfig {
  readonly #database: Database;
  readonly #keys: Keys;

  constructor({ database, keys }: { database: Database; keys: Keys }) {
    this.#database = database;
    this.#keys = keys;
  }

  /** Without the password. */
  async read(): Promise<SmtpConfigSchema> {
    const [row] = await this.#database.remembered<SmtpConfigSchema>(
      `SELECT ${COLUMNS} FROM email.config`,
    );
    return row!;
  }

  /** None unless mail is to leave the machine. */
  async delivery(): Promise<Delivery | undefined> {
    const config = await this.read();
    if (!config.enabled) return undefined;
    const { host, port, username, senderName, senderEmail, minIntervalSeconds } = config;
    const password = await this.#password();
    const name = senderName.replace(/[\\"]/g, "\\$&");
    const sender = `"${name}" <${senderEmail}>`;
    return { host, port, username, password, minIntervalSeconds, sender };
  }

  /**
   * Changes the whole configuration; a password that is not given stays.
   * @throws {ApiError} 400 when the server does not answer, or not to this password
   */
  async update(config: UpsertSmtpConfigRequest): Promise<SmtpConfigSchema> {
    const password = config.password ?? await this.#password();
    const { enabled, host, port, username } = config;
    if (enabled && !password) {
      throw new ApiError(400, "INVALID_INPUT", "password: the mail server needs one");
    }
    if (enabled) await tryConnection({ host, port, username, password });
    const cipher = await openCipher(this.#keys.jwtSecret);
    const { rows } = await this.#database.query<SmtpConfigSchema>(
      `UPDATE email.config SET enabled = $1, host = $2, port = $3, username = $4,
        password_encrypted = $5, sender_email = $6, sender_name = $7, min_interval_seconds = $8,
        updated_at = now() RETURNING ${COLUMNS}`,
      [
        enabled,
        host,
        port,
        username,
        password && await cipher.encrypt(password),
        config.senderEmail,
        config.senderName,
        config.minIntervalSeconds,
      ],
    );
    return rows[0]!;
  }

  async #password(): Promise<string> {
    const { rows: [row] } = await this.#database.query<{ stored: string }>(
      "SELECT password_encrypted AS stored FROM email.config",
    );
    const { stored } = row!;
    return stored && await (await openCipher(this.#keys.jwtSecret)).decrypt(stored);
  }
}
