/** Answers of the commands about what a backend has beside its database. */
import {
  anything,
  either,
  flag,
  type JsonSchema,
  line,
  list,
  maybe,
  number,
  object,
  record,
  text,
  time,
  whole,
} from "./json_schema.ts";

const done = object({}, { success: flag, message: text, nextActions: text });

const edgeFunction = object({ slug: text, name: text, status: text }, {
  id: text,
  description: maybe(text),
  code: text,
  createdAt: time,
  updatedAt: time,
  deployedAt: maybe(time),
});

const s3Key = object({ id: text, accessKeyId: text }, {
  description: maybe(text),
  createdAt: time,
  lastUsedAt: maybe(time),
});

const log = object({ eventMessage: anything }, {
  id: text,
  timestamp: anything,
  body: anything,
});

const channel = object({ id: text, pattern: text, enabled: flag }, {
  description: maybe(text),
  webhookUrls: maybe(list(text)),
  createdAt: time,
  updatedAt: time,
});

const user = object({ id: text, email: text }, {
  emailVerified: flag,
  profile: maybe(record(anything)),
  metadata: maybe(record(anything)),
  providers: list(text),
  createdAt: time,
  updatedAt: time,
});

const schedule = object({ id: text, name: text, cronSchedule: text, functionUrl: text }, {
  httpMethod: text,
  headers: maybe(record(anything)),
  body: anything,
  cronJobId: maybe(text),
  isActive: flag,
  lastExecutedAt: maybe(time),
  nextRun: maybe(time),
  createdAt: time,
  updatedAt: time,
});

const stored = object({ bucket: text, key: text, size: whole }, {
  mimeType: maybe(text),
  uploadedAt: time,
  url: text,
});

const domain = object({ domain: text, verified: flag, misconfigured: flag }, {
  apexDomain: text,
  verification: list(object({ type: text, domain: text, value: text })),
  cnameTarget: maybe(text),
  aRecordValue: maybe(text),
});

const compared = { comparedBy: text, reason: text };

export const services: Readonly<Record<string, JsonSchema>> = {
  "metadata": record(anything),
  "functions list": object({ functions: list(edgeFunction) }, {
    runtime: object({ status: text }),
    deploymentUrl: maybe(text),
  }),
  "functions code": edgeFunction,
  "functions deploy": object({ success: flag }, {
    function: edgeFunction,
    deployment: anything,
    action: text,
    bytes: whole,
    contents: list(object({ name: text, bytes: whole })),
  }),
  "functions logs": object({ logs: list(log), total: whole }),
  "functions invoke": object({ status: whole, headers: record(text), body: anything }),
  "functions delete": done,
  "functions new": object({ slug: text, path: text }),
  "functions test": object({ slug: text, success: flag, output: text }),
  "functions serve": line(object({ timestamp: time }, {
    event: text,
    url: text,
    functions: list(text),
    slug: text,
    level: text,
    message: text,
  })),
  "secrets list": object({
    secrets: list(
      object({ id: text, key: text, isActive: flag, isReserved: flag }, {
        lastUsedAt: maybe(time),
        expiresAt: maybe(time),
        createdAt: time,
        updatedAt: time,
      }),
    ),
  }),
  "secrets get": object({ key: text, value: text }),
  "secrets add": either(
    object({
      secrets: list(object({ key: text, success: flag })),
      skipped: list(text),
      unread: list(whole),
    }),
    object({ success: flag }, { message: text, id: text }),
  ),
  "secrets update": done,
  "secrets delete": done,
  "secrets rotate": object({ success: flag }, { key: text, oldKeyExpiresAt: time }),
  "realtime channels list": object({ channels: list(channel) }),
  "realtime channels create": channel,
  "realtime channels delete": object({ id: text, pattern: text }),
  "realtime tail": line(object({ event: text, message: anything })),
  "realtime messages": object({ messages: list(record(anything)) }),
  "realtime stats": object({ totalMessages: whole, whDeliveryRate: number }, {
    topEvents: list(anything),
    retentionDays: maybe(whole),
  }),
  "auth users list": object({ users: list(user), total: whole }),
  "auth users create": user,
  "auth users delete": object({
    deletedCount: whole,
    users: list(object({ id: text, email: text })),
  }),
  "auth users token": object({ accessToken: text, expiresAt: time, user }),
  "auth config": object({ requireEmailVerification: flag, passwordMinLength: whole }, {
    disableSignup: flag,
    verifyEmailMethod: text,
    resetPasswordMethod: text,
    allowedRedirectUrls: maybe(list(text)),
  }),
  "logs": object({ logs: list(log), total: whole }),
  "storage buckets": list(object({ name: text }, { public: flag, createdAt: time })),
  "storage create-bucket": object({ bucketName: text }, {
    message: text,
    isPublic: flag,
    nextActions: text,
  }),
  "storage delete-bucket": done,
  "storage list-objects": object({ data: list(stored) }, {
    pagination: object({ offset: whole, limit: whole, total: whole }),
    nextActions: text,
  }),
  "storage config": object({ maxFileSizeMb: whole }),
  "storage s3-keys list": list(s3Key),
  "storage s3-keys create": object({ accessKeyId: text, secretAccessKey: text }, {
    id: text,
    description: maybe(text),
    createdAt: time,
    lastUsedAt: maybe(time),
    endpoint: text,
    region: text,
  }),
  "storage s3-keys delete": object({ id: text, accessKeyId: text }),
  "storage upload": stored,
  "storage download": object({ success: flag, path: text, size: whole }),
  "storage delete-object": done,
  "domains list": object({ domains: list(domain) }),
  "domains attach": domain,
  "domains verify": domain,
  "domains status": object({ domain: maybe(domain) }),
  "domains remove": object({ success: flag, domain: text }, { message: text }),
  "ai setup": object({
    success: flag,
    envFile: text,
    added: list(text),
    skipped: list(text),
    mismatched: list(text),
    gitignoreUpdated: flag,
  }, { maskedKey: text }),
  "ai overview": object({
    key: object({ usage: number, limit: maybe(number), limitRemaining: maybe(number) }, {
      label: text,
      limitReset: maybe(text),
      usageDaily: number,
      usageWeekly: number,
      usageMonthly: number,
      isFreeTier: flag,
      observabilityAvailable: flag,
      observabilityError: text,
    }),
  }, {
    charts: record(list(object({ label: text, value: number }))),
    modelUsage: list(object({ model: text, requests: whole, totalTokens: whole, spend: number })),
  }),
  "memory remember": object({
    results: list(object({ action: text, title: text }, { id: text })),
  }, compared),
  "memory recall": object({
    memories: list(
      object({ id: text, kind: text, title: text, content: text, similarity: number }, {
        updated_at: time,
      }),
    ),
  }, compared),
  "memory list": object({
    entries: list(object({ id: text, kind: text, title: text, updated_at: time })),
  }),
  "schedules list": list(schedule),
  "schedules get": schedule,
  "schedules create": object({ id: text }, { cronJobId: text, message: text }),
  "schedules update": object({ id: text }, { message: text }),
  "schedules logs": object({ logs: list(record(anything)), totalCount: whole }, {
    limit: whole,
    offset: whole,
  }),
  "schedules delete": done,
};
