import type { SendRawEmailRequest } from "../../shared/contract/backend.ts";
import type { Database } from "../database/client.ts";
import { ApiError } from "../http/api_error.ts";
import { escapeHtml } from "../../core/html.ts";
import type { Keys } from "../keys/keys.ts";
import { Inbox } from "./inbox.ts";
import type { Message, StoredMail } from "./message.ts";
import { sendBySmtp } from "./smtp.ts";
import { SmtpConfig } from "./smtp_config.ts";
import { fillIn, Templates, type TemplateType } from "./templates.ts";

export interface MailerOptions {
  database: Database;
  keys: Keys;
  clock(): Date;
  /** Told of every mail, once it is in the inbox. */
  onMail?(mail: StoredMail): void;
}

/** Sends mail: into the inbox of this machine and, when SMTP is set up, to the world. */
export class Mailer {
  readonly #options: MailerOptions;
  readonly #inbox: Inbox;
  readonly #smtp: SmtpConfig;
  readonly #templates: Templates;
  /** When the last mail left the machine for an address, in milliseconds. */
  readonly #lastSent = new Map<string, number>();

  constructor(options: MailerOptions) {
    this.#options = options;
    this.#inbox = new Inbox(options);
    this.#smtp = new SmtpConfig(options);
    this.#templates = new Templates(options);
  }

  /** Sends one of the backend's own mails. @param values what its template asks for */
  async sendTemplate(
    type: TemplateType,
    { email, name = "User" }: { email: string; name?: string },
    values: Record<string, string>,
  ): Promise<void> {
    const template = await this.#templates.find(type);
    if (!template) {
      throw new ApiError(404, "EMAIL_TEMPLATE_NOT_FOUND", `There is no mail template ${type}`);
    }
    const filled = { ...values, email, name };
    await this.#send({
      ...{ recipients: [email], cc: [], bcc: [], replyTo: null },
      subject: fillIn(template.subject, filled, (value) => value.replace(/\s+/g, " ")),
      html: fillIn(template.bodyHtml, filled, escapeHtml),
    });
  }

  /** Sends what an app wrote. */
  async send({ to, cc, bcc, from, replyTo, subject, html }: SendRawEmailRequest): Promise<void> {
    await this.#send({
      ...{ recipients: listOf(to), cc: listOf(cc), bcc: listOf(bcc), subject, html },
      replyTo: replyTo ?? null,
    }, from);
  }

  /** @param from the sender's name, which only mail that stays here has */
  async #send(mail: Omit<Message, "sender">, from = "InsForge"): Promise<void> {
    const delivery = await this.#smtp.delivery();
    const now = this.#options.clock();
    const ownSender = `"${from.replace(/[\\"]/g, "\\$&")}" <no-reply@localhost>`;
    const message = { ...mail, sender: delivery?.sender ?? ownSender };
    if (delivery) {
      this.#requireInterval(mail.recipients, delivery.minIntervalSeconds * 1000, now.getTime());
      await sendBySmtp(delivery, message);
      for (const address of mail.recipients) this.#lastSent.set(address, now.getTime());
    }
    const stored = await this.#inbox.add(message, now, delivery ? "smtp" : "inbox");
    this.#options.onMail?.(stored);
  }

  /**
   * @throws {ApiError} 429 when a mail to one of these left less than `interval` milliseconds ago
   */
  #requireInterval(recipients: readonly string[], interval: number, now: number): void {
    for (const [address, time] of this.#lastSent) {
      if (time + interval <= now) this.#lastSent.delete(address);
    }
    const early = recipients.find((address) => this.#lastSent.has(address));
    if (early === undefined) return;
    const wait = Math.ceil((this.#lastSent.get(early)! + interval - now) / 1000);
    throw new ApiError(429, "RATE_LIMITED", `The next mail to this address can go in ${wait} s`);
  }
}

function listOf(addresses: string | string[] | undefined): string[] {
  return addresses === undefined ? [] : [addresses].flat();
}
