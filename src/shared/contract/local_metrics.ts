/** What the process of a local backend has taken; its functions have processes of their own. */
export interface LocalMetrics {
  readonly uptimeSeconds: number;
  /** Of all processors together, since it started. */
  readonly cpuSeconds: number;
  readonly memoryBytes: number;
}
