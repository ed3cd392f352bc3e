/** Reports to InsForge (contract section 2.14). */

/**
 * Where they go: a function of a project of InsForge's own. `INSFORGE_FEEDBACK_URL` names another.
 */
export const FEEDBACK_URL = "https://3yzf3pzs.us-east.insforge.app/functions/submit-feedback";

/** What kind of hurdle it is about. */
export const FEEDBACK_TYPES = ["bug", "feature-request", "friction", "other"] as const;

/** Where it lies. */
export const FEEDBACK_COMPONENTS = ["backend", "sdk", "cli", "skills", "docs", "other"] as const;

export const FEEDBACK_SEVERITIES = ["blocker", "major", "minor"] as const;

/** Which of a report's texts there are, and how many characters of each are sent at most. */
export const FEEDBACK_LENGTHS = {
  title: 200,
  detail: 4_000,
  language: 40,
  area: 100,
  command: 500,
  error: 2_000,
  expected: 1_000,
  workaround: 1_000,
  doc_ref: 300,
} as const;

/** The texts of a report. */
export type FeedbackTexts = { readonly [Name in keyof typeof FEEDBACK_LENGTHS]?: string };

/** A report. */
export interface Feedback extends FeedbackTexts {
  readonly type: typeof FEEDBACK_TYPES[number];
  readonly component: typeof FEEDBACK_COMPONENTS[number];
  readonly severity: typeof FEEDBACK_SEVERITIES[number];
  readonly project_id?: string;
  readonly org_id?: string;
  readonly region?: string;
  readonly client_info: Readonly<Record<string, string>>;
}

/** What became of it: `duplicate` where the same was told before. */
export interface FeedbackAnswer {
  readonly id: string | null;
  readonly status: "received" | "duplicate";
}
