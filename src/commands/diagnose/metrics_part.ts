/** What the process of a local backend takes. */
import { OperationError } from "../../core/errors.ts";
import type { HttpClient } from "../../client/http.ts";
import type { LocalMetrics } from "../../shared/contract/local_metrics.ts";
import { formatBytes } from "../../terminal/bytes.ts";
import { facts } from "../../terminal/view.ts";
import type { Part } from "./part.ts";

/** Asks a local backend. @throws {OperationError} for another: the platform measures those */
export async function lookAtMetrics(backend: HttpClient): Promise<Part> {
  const data = await backend.json<Partial<LocalMetrics>>("GET", "/api/local/metrics", {
    accept: (status) => status === 404,
  });
  const { uptimeSeconds, cpuSeconds, memoryBytes } = data ?? {};
  if (uptimeSeconds === undefined || cpuSeconds === undefined || memoryBytes === undefined) {
    throw elsewhere("metrics");
  }
  const share = 100 * cpuSeconds / Math.max(uptimeSeconds, 1);
  return {
    data,
    view: [facts([
      ["Memory", formatBytes(memoryBytes)],
      ["Processor time", `${cpuSeconds.toFixed(1)} s (${share.toFixed(1)} % of one processor)`],
      ["Runs for", `${uptimeSeconds} s`],
    ])],
  };
}

/** The error of a part that the platform alone has. */
export function elsewhere(part: string): OperationError {
  return new OperationError(`insforge diagnose ${part} asks the platform.`, "NOT_SUPPORTED", {
    hint: `InsForge's own CLI does: npx -y @insforge/cli diagnose ${part}`,
  });
}
