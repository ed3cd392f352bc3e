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
export const BATCH_BYTES = 256 * 1024;

/** A file of a manifest: where it goes, the SHA-1 of its content in hex, its size in bytes. */
export interface ManifestEntry {
  path: string;
  sha: string;
  size: number;
}
