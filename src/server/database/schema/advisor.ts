/**
 * The last scan of the advisor, with what it found, and what is not to be told any more. One row
 * for a finding of a rule, or, without an object, for the whole rule.
 */
export const ADVISOR_SQL = `
CREATE TABLE system.advisor_scans (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  scanned_at timestamptz NOT NULL,
  findings jsonb NOT NULL
);

CREATE TABLE system.advisor_suppressions (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  rule_id text NOT NULL,
  affected_object text,
  reason text NOT NULL CHECK (reason IN ('false_positive', 'accepted_risk', 'wont_fix', 'other')),
  note text,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE NULLS NOT DISTINCT (rule_id, affected_object)
);
`;
