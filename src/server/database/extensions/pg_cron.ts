/**
 * `pg_cron` in SQL: its tables and functions, over which the server's scheduler runs the commands.
 */
export const PG_CRON = {
  control: `comment = 'Job scheduler for PostgreSQL'
default_version = '1.6'
schema = pg_catalog
relocatable = false
trusted = true
`,
  sql: `
CREATE SCHEMA cron;
GRANT USAGE ON SCHEMA cron TO project_admin;

CREATE SEQUENCE cron.jobid_seq;
CREATE SEQUENCE cron.runid_seq;

CREATE TABLE cron.job (
  jobid bigint PRIMARY KEY DEFAULT nextval('cron.jobid_seq'),
  schedule text NOT NULL,
  command text NOT NULL,
  nodename text NOT NULL DEFAULT 'localhost',
  nodeport integer NOT NULL DEFAULT 5432,
  database text NOT NULL DEFAULT current_database(),
  username text NOT NULL DEFAULT current_user,
  active boolean NOT NULL DEFAULT true,
  jobname text,
  UNIQUE (jobname, username)
);

CREATE TABLE cron.job_run_details (
  jobid bigint,
  runid bigint PRIMARY KEY DEFAULT nextval('cron.runid_seq'),
  job_pid integer,
  database text,
  username text,
  command text,
  status text,
  return_message text,
  start_time timestamptz,
  end_time timestamptz
);

GRANT SELECT, INSERT, UPDATE, DELETE ON cron.job TO project_admin;
GRANT SELECT, DELETE ON cron.job_run_details TO project_admin;
GRANT USAGE ON SEQUENCE cron.jobid_seq TO project_admin;

-- A job runs as its user: nobody makes one for another.
CREATE FUNCTION cron.check_job() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  IF NEW.username <> current_user AND NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
  THEN
    RAISE insufficient_privilege USING MESSAGE = 'must be superuser to create a job for another role';
  END IF;
  IF NEW.schedule !~* '^\\s*([1-9]|[1-5]\\d)\\s+seconds?\\s*$'
    AND NEW.schedule !~* '^\\s*@(yearly|annually|monthly|weekly|daily|midnight|hourly)\\s*$'
    AND NEW.schedule !~* '^\\s*([0-9a-z*/,$-]+\\s+){4}[0-9a-z*/,-]+\\s*$'
  THEN
    RAISE invalid_parameter_value USING MESSAGE = format('invalid schedule: %s', NEW.schedule),
      HINT = 'Use cron format (e.g. 5 4 * * *), or interval format ([1-59] seconds)';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER check_job BEFORE INSERT OR UPDATE ON cron.job
  FOR EACH ROW EXECUTE FUNCTION cron.check_job();

CREATE FUNCTION cron.schedule_in_database(job_name text, schedule text, command text, database text,
  username text DEFAULT NULL, active boolean DEFAULT true) RETURNS bigint LANGUAGE sql AS $$
  INSERT INTO cron.job AS j (jobname, schedule, command, database, username, active)
  VALUES ($1, $2, $3, $4, coalesce($5, current_user), $6)
  ON CONFLICT (jobname, username)
    DO UPDATE SET schedule = $2, command = $3, database = $4, active = $6
  RETURNING j.jobid
$$;

CREATE FUNCTION cron.schedule(job_name text, schedule text, command text) RETURNS bigint
LANGUAGE sql AS $$
  SELECT cron.schedule_in_database($1, $2, $3, current_database())
$$;

CREATE FUNCTION cron.schedule(schedule text, command text) RETURNS bigint LANGUAGE sql AS $$
  SELECT cron.schedule_in_database(NULL, $1, $2, current_database())
$$;

CREATE FUNCTION cron.unschedule(job_id bigint) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM cron.job WHERE jobid = job_id AND (username = current_user OR
    (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user));
  IF NOT FOUND THEN
    RAISE internal_error USING MESSAGE = format('could not find valid entry for job %s', job_id);
  END IF;
  RETURN true;
END
$$;

CREATE FUNCTION cron.unschedule(job_name text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM cron.job WHERE jobname = job_name AND username = current_user;
  IF NOT FOUND THEN
    RAISE internal_error
      USING MESSAGE = format('could not find valid entry for job ''%s''', job_name);
  END IF;
  RETURN true;
END
$$;

CREATE FUNCTION cron.alter_job(job_id bigint, schedule text DEFAULT NULL, command text DEFAULT NULL,
  database text DEFAULT NULL, username text DEFAULT NULL, active boolean DEFAULT NULL) RETURNS void
LANGUAGE sql AS $$
  UPDATE cron.job AS j SET schedule = coalesce($2, j.schedule), command = coalesce($3, j.command),
    database = coalesce($4, j.database), username = coalesce($5, j.username),
    active = coalesce($6, j.active)
  WHERE j.jobid = $1
$$;
`,
} as const;
