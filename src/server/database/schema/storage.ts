/** Buckets, objects and the helpers that take an object key apart. */
export const STORAGE_SQL = `
CREATE TABLE storage.buckets (
  name text PRIMARY KEY,
  public boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE storage.objects (
  bucket text NOT NULL REFERENCES storage.buckets (name) ON DELETE CASCADE,
  key text NOT NULL,
  size bigint NOT NULL,
  mime_type text,
  uploaded_at timestamptz NOT NULL DEFAULT now(),
  uploaded_by text,
  uploaded_via text NOT NULL DEFAULT 'rest',
  s3_access_key_id uuid,
  etag text,
  -- The name of the file that holds the content.
  file_id uuid NOT NULL DEFAULT gen_random_uuid(),
  PRIMARY KEY (bucket, key)
);

CREATE TABLE storage.config (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  max_file_size_mb integer NOT NULL DEFAULT 50,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

INSERT INTO storage.config DEFAULT VALUES;

CREATE TABLE storage.s3_access_keys (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  access_key_id text NOT NULL UNIQUE,
  secret_ciphertext text NOT NULL,
  description text,
  created_at timestamptz NOT NULL DEFAULT now(),
  last_used_at timestamptz
);

GRANT SELECT ON storage.buckets TO authenticated;
GRANT SELECT, INSERT, UPDATE, DELETE ON storage.objects TO authenticated;

CREATE FUNCTION storage.foldername(name text) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
  SELECT parts[1:cardinality(parts) - 1] FROM string_to_array(name, '/') AS parts
$$;

CREATE FUNCTION storage.filename(name text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT parts[cardinality(parts)] FROM string_to_array(name, '/') AS parts
$$;

CREATE FUNCTION storage.extension(name text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT nullif(substring(storage.filename(name) FROM '\\.([^.]*)$'), '')
$$;
`;
