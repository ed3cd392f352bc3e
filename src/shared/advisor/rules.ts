/** Every rule of the advisor. */
import { HEALTH } from "./health.ts";
import { PERFORMANCE } from "./performance.ts";
import type { Rule } from "./rule.ts";
import { SECURITY } from "./security.ts";

export const RULES: readonly Rule[] = [...SECURITY, ...PERFORMANCE, ...HEALTH];
