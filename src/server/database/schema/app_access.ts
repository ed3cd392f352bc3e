/**
 * What else the SQL of apps counts on: buckets that it makes, tags, the audit log, helpers and
 * their grants.
 */
export const APP_ACCESS_SQL = `
CREATE OR REPLACE FUNCTION auth.role() RETURNS text LANGUAGE sql STABLE AS $$
  SELECT nullif(auth.jwt() ->> 'role', '')
$$;
CREATE OR REPLACE FUNCTION auth.email() RETURNS text LANGUAGE sql STABLE AS $$
  SELECT nullif(auth.jwt() ->> 'email', '')
$$;
-- Policies of any role ask who is calling.
GRANT USAGE ON SCHEMA auth TO public;

ALTER TABLE storage.buckets
  ADD COLUMN cors_rules jsonb,
  ADD COLUMN versioning_status text NOT NULL DEFAULT 'Disabled'
    CHECK (versioning_status IN ('Enabled', 'Disabled', 'Suspended'));
CREATE INDEX objects_of_uploader ON storage.objects (uploaded_by);

CREATE TABLE storage.object_tags (
  bucket text NOT NULL,
  key text NOT NULL,
  tag_key text NOT NULL,
  tag_value text NOT NULL,
  PRIMARY KEY (bucket, key, tag_key),
  FOREIGN KEY (bucket, key) REFERENCES storage.objects (bucket, key) ON DELETE CASCADE
);

GRANT INSERT, UPDATE, DELETE ON storage.buckets TO authenticated;
-- The migrations of apps make the buckets that they use.
GRANT INSERT, UPDATE ON storage.buckets TO project_admin;
GRANT REFERENCES (bucket, key) ON storage.objects TO project_admin;

CREATE TABLE system.audit_logs (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  actor text NOT NULL,
  action text NOT NULL,
  module text NOT NULL,
  details jsonb,
  ip_address inet,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX audit_logs_recent ON system.audit_logs (created_at DESC);

CREATE FUNCTION system.reload_postgrest_schema() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  NOTIFY pgrst, 'reload schema';
END
$$;
`;
