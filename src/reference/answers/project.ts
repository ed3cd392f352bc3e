/** Answers of the commands about an app, its settings and its deployments. */
import {
  anything,
  either,
  flag,
  type JsonSchema,
  list,
  maybe,
  object,
  record,
  text,
  time,
  whole,
} from "./json_schema.ts";

const change = object({ section: text, op: text, key: text, from: anything, to: anything }, {
  passwordEnvRef: text,
});

const plan = object({
  changes: list(change),
  summary: object({ add: whole, modify: whole, remove: whole, kept: whole }),
  skipped: list(text),
});

const deployment = object({ id: text, status: text }, {
  providerDeploymentId: maybe(text),
  provider: text,
  url: maybe(text),
  metadata: maybe(record(anything)),
  createdAt: time,
  updatedAt: time,
});

export const project: Readonly<Record<string, JsonSchema>> = {
  "config export": object({ written: text, config: record(anything), skipped: list(text) }),
  "config plan": plan,
  "config apply": either(
    object({ plan, applied: list(change), skipped: list(object({ key: text, reason: text })) }),
    object({ plan, applied: { const: false }, dryRun: flag }),
  ),
  "env pull": object({ success: flag, path: text, framework: text, variables: list(text) }),
  "deployments deploy": deployment,
  "deployments list": list(deployment),
  "deployments status": deployment,
  "deployments metadata": object({
    currentDeploymentId: maybe(text),
    defaultDomainUrl: maybe(text),
    customDomainUrl: maybe(text),
  }),
  "deployments slug": object({ slug: maybe(text) }, { domain: maybe(text), success: flag }),
  "deployments open": object({ id: text, url: text, opened: flag }),
  "deployments cancel": object({ success: flag }, { message: text, wasLive: flag }),
  "deployments env list": object({ envVars: list(object({ id: text, key: text })) }),
  "deployments env set": object({ success: flag }, { message: text, count: whole }),
  "deployments env unset": object({ success: flag, key: text }),
  "ci init": object({ success: flag, path: text }),
  "open": object({ url: text, opened: flag }),
  "docs": either(object({ type: text, content: text }), list(record(anything))),
};
