/** Scheduled calls and what became of them. */
export const SCHEDULES_SQL = `
CREATE TABLE schedules.jobs (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name text NOT NULL,
  cron_schedule text NOT NULL,
  function_url text NOT NULL,
  http_method text NOT NULL,
  headers jsonb,
  encrypted_headers text,
  body jsonb,
  cron_job_id bigint,
  is_active boolean NOT NULL DEFAULT true,
  last_executed_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE SEQUENCE schedules.cron_job_ids;

CREATE TABLE schedules.job_logs (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  job_id uuid NOT NULL REFERENCES schedules.jobs (id) ON DELETE CASCADE,
  executed_at timestamptz NOT NULL DEFAULT now(),
  success boolean NOT NULL,
  status_code integer NOT NULL,
  duration_ms bigint NOT NULL,
  message text
);

CREATE INDEX job_logs_recent ON schedules.job_logs (job_id, executed_at DESC);

CREATE TABLE schedules.config (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  retention_days integer DEFAULT 7 CHECK (retention_days > 0)
);
INSERT INTO schedules.config DEFAULT VALUES;
`;

/**
 * The time of the last run that one of several servers has claimed, by its schedule or cron job.
 */
export const SCHEDULE_CLAIMS_SQL = `
CREATE TABLE schedules.claims (job text PRIMARY KEY, due timestamptz NOT NULL);
`;
