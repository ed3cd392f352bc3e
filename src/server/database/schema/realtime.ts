/**
 * Channels, messages and mail templates: tables that SQL may refer to, without a service behind
 * them.
 */
export const REALTIME_SQL = `
CREATE TABLE realtime.channels (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  pattern text NOT NULL UNIQUE,
  description text,
  webhook_urls text[],
  enabled boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE realtime.messages (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  event_name text NOT NULL,
  channel_id uuid REFERENCES realtime.channels (id) ON DELETE SET NULL,
  channel_name text NOT NULL,
  payload jsonb NOT NULL DEFAULT '{}',
  sender_type text NOT NULL DEFAULT 'system',
  sender_id uuid,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE email.templates (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  template_type text NOT NULL UNIQUE,
  subject text NOT NULL,
  body_html text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

GRANT INSERT, UPDATE, DELETE ON realtime.channels, email.templates TO project_admin;
`;
