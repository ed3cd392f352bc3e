/** Mail: how it is sent, what it says, and the inbox of this machine. */
export const MAIL_SQL = `
CREATE TABLE email.config (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  enabled boolean NOT NULL DEFAULT false,
  host text NOT NULL DEFAULT '',
  port integer NOT NULL DEFAULT 465,
  username text NOT NULL DEFAULT '',
  password_encrypted text NOT NULL DEFAULT '',
  sender_email text NOT NULL DEFAULT '',
  sender_name text NOT NULL DEFAULT '',
  min_interval_seconds integer NOT NULL DEFAULT 60,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX config_only_row ON email.config ((1));
INSERT INTO email.config DEFAULT VALUES;

INSERT INTO email.templates (template_type, subject, body_html) VALUES
  ('email-verification-code', 'Confirm your address',
   '<p>Hello {{ name }},</p><p>this code confirms your address {{ email }}:</p>
<p><strong>{{ token }}</strong></p><p>It works for 15 minutes.</p>'),
  ('email-verification-link', 'Confirm your address',
   '<p>Hello {{ name }},</p><p><a href="{{ link }}">Confirm your address</a> {{ email }}.</p>
<p>The link works for 24 hours.</p>'),
  ('request-otp', 'Your sign-in code is {{ token }}',
   '<p>Sign in with this code:</p><p><strong>{{ token }}</strong></p>
<p>It works for 5 minutes. Whoever asks you for it is not us.</p>'),
  ('reset-password-code', 'Choose a new password',
   '<p>Hello {{ name }},</p><p>choose a new password with this code:</p>
<p><strong>{{ token }}</strong></p><p>It works for 15 minutes.</p>'),
  ('reset-password-link', 'Choose a new password',
   '<p>Hello {{ name }},</p><p><a href="{{ link }}">Choose a new password</a>.</p>
<p>The link works for 24 hours.</p>')
ON CONFLICT (template_type) DO NOTHING;

-- Whatever was sent, or would have been: only this backend has it.
CREATE TABLE email.inbox (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  sequence bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  sent_at timestamptz NOT NULL,
  sender text NOT NULL,
  recipients text[] NOT NULL,
  cc text[] NOT NULL DEFAULT '{}',
  bcc text[] NOT NULL DEFAULT '{}',
  reply_to text,
  subject text NOT NULL,
  html text NOT NULL,
  delivered_by text NOT NULL CHECK (delivered_by IN ('inbox', 'smtp'))
);
`;
