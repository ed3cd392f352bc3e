/** Users and the helpers that policies ask who is calling (contract section 16.5). */
export const AUTH_SQL = `
CREATE FUNCTION auth.jwt() RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT nullif(current_setting('request.jwt.claims', true), '')::jsonb
$$;

CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE AS $$
  SELECT nullif(auth.jwt() ->> 'sub', '')::uuid
$$;

CREATE FUNCTION auth.role() RETURNS text LANGUAGE sql STABLE AS $$
  SELECT auth.jwt() ->> 'role'
$$;

CREATE FUNCTION auth.email() RETURNS text LANGUAGE sql STABLE AS $$
  SELECT auth.jwt() ->> 'email'
$$;

CREATE TABLE auth.users (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  email text NOT NULL UNIQUE,
  password text,
  email_verified boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  profile jsonb DEFAULT '{}',
  metadata jsonb DEFAULT '{}',
  is_project_admin boolean NOT NULL DEFAULT false,
  is_anonymous boolean NOT NULL DEFAULT false
);

GRANT INSERT, UPDATE, DELETE, REFERENCES, TRIGGER ON auth.users TO project_admin;

CREATE TRIGGER users_update_timestamp BEFORE UPDATE ON auth.users
  FOR EACH ROW EXECUTE FUNCTION system.update_updated_at();
`;
