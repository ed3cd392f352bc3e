/** What the S3 protocol keeps beside the objects (contract section 18). */
export const S3_SQL = `
ALTER TABLE storage.s3_access_keys RENAME COLUMN secret_ciphertext TO secret_access_key_encrypted;

-- Headers that come back with an object: cache-control and its kin, the user's own, checksums.
ALTER TABLE storage.objects ADD COLUMN headers jsonb;
-- The public part of a key, which may be gone since.
ALTER TABLE storage.objects ALTER COLUMN s3_access_key_id TYPE text;
ALTER TABLE storage.objects ADD CHECK (uploaded_via IN ('rest', 's3', 'dashboard'));
CREATE INDEX objects_in_order ON storage.objects (bucket, key COLLATE "C");

CREATE TABLE storage.s3_uploads (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  bucket text NOT NULL REFERENCES storage.buckets (name) ON DELETE CASCADE,
  key text NOT NULL,
  mime_type text NOT NULL,
  headers jsonb NOT NULL,
  created_at timestamptz NOT NULL
);
CREATE INDEX s3_uploads_of_bucket ON storage.s3_uploads (bucket);

CREATE TABLE storage.s3_upload_parts (
  upload uuid NOT NULL REFERENCES storage.s3_uploads (id) ON DELETE CASCADE,
  number integer NOT NULL,
  file_id uuid NOT NULL,
  size bigint NOT NULL,
  etag text NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (upload, number)
);
`;
