import type { EmailTemplateSchema } from "../../shared/contract/backend.ts";
import type { Database } from "../database/client.ts";

/** The mails that the backend sends by itself. */
export const TEMPLATE_TYPES = [
  "email-verification-code",
  "email-verification-link",
  "request-otp",
  "reset-password-code",
  "reset-password-link",
] as const;

export type TemplateType = typeof TEMPLATE_TYPES[number];

const COLUMNS = `id, template_type AS "templateType", subject, body_html AS "bodyHtml",
  created_at AS "createdAt", updated_at AS "updatedAt"`;

/** What the backend's own mails say: the rows of `email.templates`. */
export class Templates {
  readonly #database: Database;

  constructor({ database }: { database: Database }) {
    this.#database = database;
  }

  async list(): Promise<EmailTemplateSchema[]> {
    const { rows } = await this.#database.query<EmailTemplateSchema>(
      `SELECT ${COLUMNS} FROM email.templates ORDER BY template_type`,
    );
    return rows;
  }

  /** None when the owner has deleted it. */
  async find(type: TemplateType): Promise<EmailTemplateSchema | undefined> {
    const { rows } = await this.#database.query<EmailTemplateSchema>(
      `SELECT ${COLUMNS} FROM email.templates WHERE template_type = $1`,
      [type],
    );
    return rows[0];
  }

  /** None when there is no such template. */
  async update(
    type: TemplateType,
    { subject, bodyHtml }: { subject: string; bodyHtml: string },
  ): Promise<EmailTemplateSchema | undefined> {
    const { rows } = await this.#database.query<EmailTemplateSchema>(
      `UPDATE email.templates SET subject = $2, body_html = $3, updated_at = now()
      WHERE template_type = $1 RETURNING ${COLUMNS}`,
      [type, subject, bodyHtml],
    );
    return rows[0];
  }
}

/** Puts values where a template says `{{ name }}`; other names stay. */
export function fillIn(
  template: string,
  values: Readonly<Record<string, string>>,
  escape: (value: string) => string,
): string {
  return template.replace(
    /\{\{\s*(\w+)\s*\}\}/g,
    (whole, name) => Object.hasOwn(values, name) ? escape(values[name]!) : whole,
  );
}
