/** Site deployments, their files, and the variables that builds see. */
export const DEPLOYMENTS_SQL = `
CREATE TABLE deployments.runs (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  provider_deployment_id text,
  provider text NOT NULL DEFAULT 'vercel',
  status text NOT NULL,
  url text,
  metadata jsonb,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE deployments.files (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  deployment_id uuid NOT NULL REFERENCES deployments.runs (id) ON DELETE CASCADE,
  path text NOT NULL,
  sha text NOT NULL,
  size integer NOT NULL,
  uploaded_at timestamptz,
  UNIQUE (deployment_id, path)
);

CREATE TABLE deployments.env_vars (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  key text NOT NULL UNIQUE,
  value_ciphertext text NOT NULL,
  type text NOT NULL DEFAULT 'encrypted',
  updated_at timestamptz NOT NULL DEFAULT now()
);
`;
