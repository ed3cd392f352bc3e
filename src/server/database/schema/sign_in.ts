/** How users sign in: linked accounts, one-time codes, the project's rules, OAuth clients. */
export const SIGN_IN_SQL = `
CREATE INDEX users_lower_email ON auth.users (lower(email));

CREATE TABLE auth.user_providers (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL REFERENCES auth.users (id) ON DELETE CASCADE,
  provider text NOT NULL,
  provider_account_id text NOT NULL,
  access_token text,
  refresh_token text,
  provider_data jsonb,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (provider, provider_account_id)
);
CREATE INDEX user_providers_of_user ON auth.user_providers (user_id);

CREATE TABLE auth.config (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  require_email_verification boolean NOT NULL DEFAULT false,
  password_min_length integer NOT NULL DEFAULT 6 CHECK (password_min_length BETWEEN 4 AND 128),
  require_number boolean NOT NULL DEFAULT false,
  require_lowercase boolean NOT NULL DEFAULT false,
  require_uppercase boolean NOT NULL DEFAULT false,
  require_special_char boolean NOT NULL DEFAULT false,
  verify_email_method text NOT NULL DEFAULT 'code' CHECK (verify_email_method IN ('code', 'link')),
  reset_password_method text NOT NULL DEFAULT 'code'
    CHECK (reset_password_method IN ('code', 'link')),
  allowed_redirect_urls text[] DEFAULT '{}',
  disable_signup boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX config_only_row ON auth.config ((1));
INSERT INTO auth.config DEFAULT VALUES;

-- One code or link token for each address and purpose; a new one replaces the old.
CREATE TABLE auth.email_otps (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  email text NOT NULL,
  purpose text NOT NULL,
  otp_hash text NOT NULL,
  otp_type text NOT NULL DEFAULT 'NUMERIC_CODE',
  expires_at timestamptz NOT NULL,
  consumed_at timestamptz,
  redirect_to text,
  attempts_count integer NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (email, purpose)
);
CREATE INDEX email_otps_hash ON auth.email_otps (otp_hash);

CREATE TABLE auth.oauth_configs (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  provider text NOT NULL UNIQUE,
  client_id text,
  native_client_ids text[] NOT NULL DEFAULT '{}',
  secret_id uuid REFERENCES system.secrets (id) ON DELETE RESTRICT,
  scopes text[],
  redirect_uri text,
  use_shared_key boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
-- The two that a fresh project has; shared keys mean the consent page of this machine.
INSERT INTO auth.oauth_configs (provider, scopes, use_shared_key) VALUES
  ('google', '{openid,email,profile}', true),
  ('github', '{user:email}', true);

CREATE TABLE auth.custom_oauth_configs (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  key text NOT NULL UNIQUE CHECK (key ~ '^[a-z0-9_-]+$'),
  name text NOT NULL,
  discovery_endpoint text NOT NULL,
  client_id text NOT NULL,
  secret_id uuid NOT NULL REFERENCES system.secrets (id) ON DELETE RESTRICT,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

GRANT INSERT, UPDATE, DELETE
  ON auth.user_providers, auth.email_otps, auth.oauth_configs, auth.custom_oauth_configs
  TO project_admin;

CREATE TRIGGER user_providers_updated_at BEFORE UPDATE ON auth.user_providers
  FOR EACH ROW EXECUTE FUNCTION system.update_updated_at();
CREATE TRIGGER config_updated_at BEFORE UPDATE ON auth.config
  FOR EACH ROW EXECUTE FUNCTION system.update_updated_at();
CREATE TRIGGER email_otps_updated_at BEFORE UPDATE ON auth.email_otps
  FOR EACH ROW EXECUTE FUNCTION system.update_updated_at();
CREATE TRIGGER oauth_configs_updated_at BEFORE UPDATE ON auth.oauth_configs
  FOR EACH ROW EXECUTE FUNCTION system.update_updated_at();
CREATE TRIGGER custom_oauth_configs_updated_at BEFORE UPDATE ON auth.custom_oauth_configs
  FOR EACH ROW EXECUTE FUNCTION system.update_updated_at();
`;
