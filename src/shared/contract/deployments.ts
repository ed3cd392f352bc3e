/**
 * What one deployment may hold (contract section 13.2); more is refused before anything is sent.
 */
export const DEPLOYMENT_LIMITS = {
  files: 5000,
  /** Bytes of one file, and of all together. */
  bytes: 100 * 1024 * 1024,
  /** Characters of a path. */
  pathLength: 2048,
} as const;

/** Bytes of contents that one request to the local backend may carry (contract section 13.2). */
export const BATCH_BYTES = 1024 * 1024;

/** Content by its SHA-1 in hex, and its size in bytes. */
export interface Content {
  sha: string;
  size: number;
}

/** A file of a manifest: where it goes, and its content. */
export interface ManifestEntry extends Content {
  path: string;
}
