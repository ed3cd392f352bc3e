/** Backups, wherever they are kept. */

/** A backup, in the words of a self-hosted backend. */
export interface Backup {
  readonly id: string;
  readonly name: string | null;
  readonly triggerSource: string;
  readonly status: string;
  readonly sizeBytes: number | null;
  readonly errorMessage: string | null;
  /** ISO time in UTC. */
  readonly createdAt: string;
}

/** What can be done with backups, wherever they are. */
export interface Keeper {
  /** Whether a restore brings objects and keys back as well. */
  readonly isWhole: boolean;
  list(): Promise<Backup[]>;
  /** Begins one; it may still be `running`. */
  create(name: string | undefined): Promise<Backup>;
  rename(id: string, name: string | null): Promise<void>;
  remove(id: string): Promise<void>;
  restore(id: string): Promise<void>;
}
