/** The settings that insforge.toml holds: one line each says all that the commands know of it. */
import type { SettingsArea } from "../../client/backend/settings.ts";
import {
  flag,
  method,
  reference,
  retention,
  type SettingType,
  slug,
  text,
  urls,
  type Value,
  whole,
} from "./setting_types.ts";

/** A setting: where it stands in the file, where at the backend, and what it may be. */
export interface Setting {
  /** The table of the file, such as `auth.password`. */
  readonly section: string;
  readonly key: string;
  readonly area: SettingsArea;
  /** Its name at the backend. */
  readonly field: string;
  readonly type: SettingType;
  /** What it is where the backend says nothing. */
  readonly preset: Value;
}

/** The section that is changed as a whole, and has a password. */
export const SMTP = "auth.smtp";

/** What a password that is set is exported as. */
export const PASSWORD_REFERENCE = "env(SMTP_PASSWORD)";

/** In the order in which a file lists them. */
export const SETTINGS: readonly Setting[] = [
  of("auth", "allowed_redirect_urls", "auth", "allowedRedirectUrls", urls, []),
  of("auth", "require_email_verification", "auth", "requireEmailVerification", flag, false),
  of("auth", "verify_email_method", "auth", "verifyEmailMethod", method, "code"),
  of("auth", "reset_password_method", "auth", "resetPasswordMethod", method, "code"),
  of("auth", "disable_signup", "auth", "disableSignup", flag, false),
  of("auth.password", "min_length", "auth", "passwordMinLength", whole(4, 128), 8),
  of("auth.password", "require_number", "auth", "requireNumber", flag, false),
  of("auth.password", "require_lowercase", "auth", "requireLowercase", flag, false),
  of("auth.password", "require_uppercase", "auth", "requireUppercase", flag, false),
  of("auth.password", "require_special_char", "auth", "requireSpecialChar", flag, false),
  of(SMTP, "enabled", "smtp", "enabled", flag, false),
  of(SMTP, "host", "smtp", "host", text, ""),
  of(SMTP, "port", "smtp", "port", whole(1, 65535), 587),
  of(SMTP, "username", "smtp", "username", text, ""),
  of(SMTP, "password", "smtp", "password", reference, ""),
  of(SMTP, "sender_email", "smtp", "senderEmail", text, ""),
  of(SMTP, "sender_name", "smtp", "senderName", text, ""),
  of(SMTP, "min_interval_seconds", "smtp", "minIntervalSeconds", whole(0), 60),
  of("storage", "max_file_size_mb", "storage", "maxFileSizeMb", whole(1, 200), 50),
  of("realtime", "retention_days", "realtime", "retentionDays", retention, null),
  of("schedules", "retention_days", "schedules", "retentionDays", retention, null),
  of("deployments", "subdomain", "deployments", "customSlug", slug, null),
];

/** The tables of a file. */
export const SECTIONS: readonly string[] = [...new Set(SETTINGS.map(({ section }) => section))];

/** What a setting is called in plans and messages; {@link SMTP} has no parts there. */
export function pathOf({ section, key }: Pick<Setting, "section" | "key">): string {
  return section === SMTP ? SMTP : `${section}.${key}`;
}

function of(
  section: string,
  key: string,
  area: SettingsArea,
  field: string,
  type: SettingType,
  preset: Value,
): Setting {
  return { section, key, area, field, type, preset };
}
