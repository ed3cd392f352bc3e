/**
 * What agents remember. Where there is no pgvector, on a PostgreSQL server, memories are found by
 * their words alone. Vectors of any length are kept, as models differ; `embedding_model` says which
 * of them can be compared.
 */
export const MEMORY_SQL = `
CREATE TABLE memory.memories (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  scope text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('fact', 'decision', 'preference', 'reference')),
  title text NOT NULL,
  content text NOT NULL,
  embedding_model text,
  source text,
  content_tsv tsvector
    GENERATED ALWAYS AS (to_tsvector('english', title || ' ' || content)) STORED,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

DO $$
BEGIN
  IF to_regtype('public.vector') IS NOT NULL THEN
    ALTER TABLE memory.memories ADD COLUMN embedding public.vector;
  END IF;
END
$$;

CREATE INDEX memories_of_scope ON memory.memories (scope, updated_at DESC);
CREATE INDEX memories_by_word ON memory.memories USING gin (content_tsv);
CREATE TRIGGER updated_at BEFORE UPDATE ON memory.memories
  FOR EACH ROW EXECUTE FUNCTION system.update_updated_at();
`;
