/** Everything that travels between the CLI, the project backend and the platform. */
export type * from "./error_body.ts";
export type * from "./platform.ts";
export { deploymentLimits } from "./deployments.ts";
export type { ManifestEntry } from "./deployments.ts";
export { defaultPort, stateFiles } from "./state.ts";
export type { Health, ServerState } from "./state.ts";
