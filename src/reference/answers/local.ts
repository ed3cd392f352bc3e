/** Answers of the commands about the local backend, its branches and its backups. */
import {
  anything,
  either,
  flag,
  type JsonSchema,
  line,
  list,
  maybe,
  object,
  record,
  text,
  time,
  whole,
} from "./json_schema.ts";

const snapshot = object({ name: text, createdAt: time, bytes: whole }, {
  completedAt: time,
  title: text,
  createdBy: text,
});

const mail = object({ id: text, sentAt: time, sender: text, recipients: list(text) }, {
  cc: list(text),
  bcc: list(text),
  replyTo: maybe(text),
  subject: text,
  html: text,
  text,
  deliveredBy: text,
  codes: list(text),
  links: list(text),
});

const branch = object({ id: text, name: text, branch_state: text }, {
  branch_created_at: time,
  branch_metadata: object({ mode: text }),
  url: maybe(text),
});

const backup = object({ id: text, name: maybe(text), status: text }, {
  triggerSource: text,
  sizeBytes: maybe(whole),
  errorMessage: maybe(text),
  createdAt: text,
});

const running = {
  url: text,
  port: whole,
  postgresPort: whole,
  engine: text,
  pid: whole,
  startedAt: time,
  version: text,
};

export const local: Readonly<Record<string, JsonSchema>> = {
  "local start": object({ status: text, started: flag, url: text, port: whole, dataDir: text }, {
    postgresPort: whole,
    pid: whole,
  }),
  "local serve": line(object({ timestamp: time, event: text }, {
    ...running,
    recipients: list(text),
    subject: text,
    codes: list(text),
    links: list(text),
  })),
  "local run": {
    description: "Nothing of its own: standard output is that of the command which it runs.",
  },
  "local status": object({ status: text, dataDir: text }, running),
  "local stop": object({ success: flag, stopped: flag }, {
    unlinked: flag,
    restored: maybe(text),
  }),
  "local reset": object({ success: flag, wasRunning: flag, seeded: flag, dataDir: text }),
  "local copy": object({ success: flag, path: text, bytes: whole }),
  "local snapshot": snapshot,
  "local restore": object({ success: flag, name: text, dataDir: text, restarted: flag }),
  "local snapshots list": object({ snapshots: list(snapshot) }),
  "local snapshots delete": object({ success: flag, name: text }),
  "local mail list": object({ mails: list(mail) }),
  "local mail show": mail,
  "local mail open": object({ url: text, opened: flag }),
  "branch create": object({ branch, switched: flag }, { serving: flag }),
  "branch list": object({ data: list(branch) }),
  "branch switch": either(
    object({ switched: { const: "parent" } }),
    object({ switched: { const: "branch" }, branch_id: text }),
  ),
  "branch merge": object({ sql: text, applied: flag, dryRun: flag }, {
    changes: whole,
    destructive: whole,
    unbridged: list(anything),
    diff: object({ summary: record(whole), changes: list(anything), conflicts: list(anything) }),
    status: text,
  }),
  "branch reset": object({ branch }),
  "branch delete": object({ deleted: flag, branch_id: text, switched_back: flag }),
  "backups list": list(backup),
  "backups latest": maybe(backup),
  "backups create": backup,
  "backups rename": object({ id: text, name: maybe(text) }),
  "backups delete": object({ deleted: flag, backup_id: text }),
  "backups restore": object({ restored: flag, backup_id: text }),
};
