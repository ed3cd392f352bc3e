/** The key-value store of functions, which no caller's SQL reads, and the number of its changes. */
export const KV_SQL = `
CREATE TABLE functions.kv (
  key bytea PRIMARY KEY,
  value bytea NOT NULL,
  encoding integer NOT NULL,
  version bigint NOT NULL,
  expires_at bigint
);
CREATE INDEX kv_by_end ON functions.kv (expires_at) WHERE expires_at IS NOT NULL;
CREATE TABLE functions.kv_version (
  version bigint NOT NULL
);
INSERT INTO functions.kv_version VALUES (0);
REVOKE ALL ON functions.kv, functions.kv_version FROM project_admin;
`;
