/** Everything that travels between the CLI, the project backend and the platform. */
export type * from "./error_body.ts";
export type * from "./platform.ts";
export { DEPLOYMENT_LIMITS } from "./deployments.ts";
export type { ManifestEntry } from "./deployments.ts";
export { DEFAULT_PORT, STATE_FILES } from "./state.ts";
export type { Health, ServerState } from "./state.ts";
