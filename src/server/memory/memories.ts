import type { MemoryIndexEntry, MemoryKind, RecalledMemory } from "@insforge/shared-schemas";
import type { Database, Transaction } from "../database/client.ts";
import type { Embedding } from "./embedding.ts";

/** What is to be remembered. */
export interface Memory {
  readonly kind: MemoryKind;
  readonly title: string;
  readonly content: string;
}

/** A memory that is kept. */
export interface KeptMemory extends Memory {
  readonly id: string;
}

/** How near, from 0 to 1, a memory has to be. */
export interface Nearness {
  readonly threshold: number;
  readonly limit: number;
}

/** How much the first places of a ranking are worth before the later ones; the usual constant. */
const RANKS = 60;

/** The memories of all scopes. */
export class Memories {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The titles of a scope, those that changed last first. */
  async titles(scope: string): Promise<MemoryIndexEntry[]> {
    const { rows } = await this.#database.query<MemoryIndexEntry>(
      "SELECT id, kind, title, updated_at FROM memory.memories WHERE scope = $1 " +
        "ORDER BY updated_at DESC, id",
      [scope],
    );
    return rows;
  }

  /**
   * The memories of a scope that are near to a text, the nearest first. Near is whose vector is,
   * or, without one, what has so great a share of the text's words; and in any case what has all of
   * them, since vectors blur names. What is near in both ways comes before what is near in one.
   */
  async near(
    scope: string,
    text: string,
    embedding: Embedding | undefined,
    { threshold, limit }: Nearness,
  ): Promise<RecalledMemory[]> {
    const values: unknown[] = [scope, text, threshold, limit];
    if (embedding) values.push(embedding.vector, embedding.model);
    const { rows } = await this.#database.query<RecalledMemory>(
      `
      WITH asked AS (
        SELECT tsvector_to_array(to_tsvector('english', $2)) AS words,
          websearch_to_tsquery('english', $2) AS query
      ), compared AS (
        SELECT m.*, content_tsv @@ query AS has_all, ts_rank(content_tsv, query) AS relevance,
          coalesce(${embedding ? COSINE : "NULL"}, ${SHARE_OF_WORDS})::float8 AS similarity
        FROM memory.memories m, asked WHERE scope = $1
      ), ranked AS (
        SELECT *, rank() OVER (ORDER BY similarity DESC) AS by_similarity,
          rank() OVER (ORDER BY has_all DESC, relevance DESC) AS by_words
        FROM compared WHERE similarity >= $3 AND similarity > 0 OR has_all
      )
      SELECT id, kind, title, content, similarity, updated_at FROM ranked
      ORDER BY 1.0 / (${RANKS} + by_similarity)
        + CASE WHEN has_all THEN 1.0 / (${RANKS} + by_words) ELSE 0 END DESC, updated_at DESC
      LIMIT $4`,
      values,
    );
    return rows;
  }

  /** Runs `body` while nobody else changes the memories. */
  change<T>(body: (changes: MemoryChanges) => Promise<T>): Promise<T> {
    return this.#database.transaction(async (transaction) => {
      await transaction.query("LOCK TABLE memory.memories IN SHARE ROW EXCLUSIVE MODE");
      return await body(new MemoryChanges(transaction));
    });
  }
}

/** The cosine similarity, where both vectors are the same model's. */
const COSINE = "CASE WHEN embedding_model = $6 " +
  "THEN 1 - (embedding OPERATOR(public.<=>) $5::public.vector) END";

/** How many of the words that were asked for a memory has. */
const SHARE_OF_WORDS = `(
  SELECT count(*) FILTER (WHERE word = ANY (tsvector_to_array(content_tsv)))::float8
    / greatest(count(*), 1)
  FROM unnest(words) AS word)`;

/** What changes memories, in a transaction. */
class MemoryChanges {
  readonly #transaction: Transaction;

  constructor(transaction: Transaction) {
    this.#transaction = transaction;
  }

  /** The memory that has this title, whatever its case, or says just this. */
  async same(scope: string, { title, content }: Memory): Promise<KeptMemory | undefined> {
    const { rows: [kept] } = await this.#transaction.query<KeptMemory>(
      "SELECT id, kind, title, content FROM memory.memories " +
        "WHERE scope = $1 AND (lower(title) = lower($2) OR content = $3) " +
        "ORDER BY lower(title) = lower($2) DESC, updated_at DESC LIMIT 1",
      [scope, title, content],
    );
    return kept;
  }

  /** Keeps a new memory and answers its id. */
  async add(
    scope: string,
    { kind, title, content }: Memory,
    source: string | undefined,
    embedding: Embedding | undefined,
  ): Promise<string> {
    const { rows: [kept] } = await this.#transaction.query<{ id: string }>(
      `INSERT INTO memory.memories (scope, kind, title, content, source${
        embedding
          ? ", embedding_model, embedding) VALUES ($1, $2, $3, $4, $5, $6, $7"
          : ") VALUES ($1, $2, $3, $4, $5"
      }) RETURNING id`,
      [scope, kind, title, content, source ?? null, ...vectorOf(embedding)],
    );
    return kept!.id;
  }

  /** Replaces what a memory says; false when it is gone. */
  async replace(
    id: string,
    { kind, title, content }: Memory,
    source: string | undefined,
    embedding: Embedding | undefined,
  ): Promise<boolean> {
    const { rowCount } = await this.#transaction.query(
      `UPDATE memory.memories SET kind = $2, title = $3, content = $4, source = $5, embedding_model = ${
        embedding ? "$6, embedding = $7" : "NULL"
      } WHERE id = $1`,
      [id, kind, title, content, source ?? null, ...vectorOf(embedding)],
    );
    return rowCount === 1;
  }
}

function vectorOf(embedding: Embedding | undefined): string[] {
  return embedding ? [embedding.model, embedding.vector] : [];
}
