/**
 * What SQL does with realtime: publishing from triggers, and asking for the channel in a policy.
 */
export const REALTIME_MESSAGES_SQL = `
ALTER TABLE realtime.messages
  ADD COLUMN ws_audience_count integer NOT NULL DEFAULT 0,
  ADD COLUMN wh_audience_count integer NOT NULL DEFAULT 0,
  ADD COLUMN wh_delivered_count integer NOT NULL DEFAULT 0,
  ADD CONSTRAINT messages_sender_type_check CHECK (sender_type IN ('system', 'user'));

CREATE INDEX messages_of_channel ON realtime.messages (channel_id);
CREATE INDEX messages_recent ON realtime.messages (created_at DESC);

CREATE TABLE realtime.config (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  retention_days integer CHECK (retention_days > 0),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX config_only_row ON realtime.config ((1));
INSERT INTO realtime.config DEFAULT VALUES;

-- The channel that a permission check is about; whoever checks sets it.
CREATE FUNCTION realtime.channel_name() RETURNS text LANGUAGE sql STABLE AS $$
  SELECT nullif(current_setting('realtime.channel_name', true), '')
$$;

-- Stores a message for the channel of that name, else for the first whose pattern the name is LIKE.
CREATE FUNCTION realtime.publish(p_channel_name text, p_event_name text, p_payload jsonb) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  channel uuid;
  message uuid;
BEGIN
  SELECT id INTO channel FROM realtime.channels
  WHERE enabled AND (pattern = p_channel_name OR p_channel_name LIKE pattern)
  ORDER BY pattern = p_channel_name DESC LIMIT 1;
  IF channel IS NULL THEN
    RAISE WARNING 'Realtime: no channel matches "%"', p_channel_name;
    RETURN NULL;
  END IF;
  INSERT INTO realtime.messages (event_name, channel_id, channel_name, payload, sender_type)
  VALUES (p_event_name, channel, p_channel_name, p_payload, 'system')
  RETURNING id INTO message;
  RETURN message;
END
$$;
REVOKE ALL ON FUNCTION realtime.publish(text, text, jsonb) FROM public;
GRANT EXECUTE ON FUNCTION realtime.publish(text, text, jsonb) TO project_admin;

-- Names the message only: a notification holds 8 kB at most.
CREATE FUNCTION realtime.notify_on_message_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_catalog.pg_notify('realtime_message', NEW.id::text);
  RETURN NEW;
END
$$;
CREATE TRIGGER message_notify AFTER INSERT ON realtime.messages
  FOR EACH ROW EXECUTE FUNCTION realtime.notify_on_message_insert();
CREATE TRIGGER updated_at BEFORE UPDATE ON realtime.channels
  FOR EACH ROW EXECUTE FUNCTION system.update_updated_at();
CREATE TRIGGER updated_at BEFORE UPDATE ON realtime.config
  FOR EACH ROW EXECUTE FUNCTION system.update_updated_at();

GRANT SELECT ON realtime.channels TO anon, authenticated;
GRANT INSERT ON realtime.messages TO anon, authenticated, project_admin;
`;
