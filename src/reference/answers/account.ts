/** Answers of the commands about the account and its projects. */
import { flag, type JsonSchema, list, maybe, object, text } from "./json_schema.ts";

const user = object({ id: text, email: text }, {
  name: maybe(text),
  avatar_url: maybe(text),
  email_verified: flag,
});

const project = object({ id: text, name: text }, {
  region: maybe(text),
  appkey: maybe(text),
  status: text,
});

export const account: Readonly<Record<string, JsonSchema>> = {
  "login": object({ success: flag }, { user }),
  "logout": object({ success: flag, message: text }),
  "whoami": user,
  "list": list(object({ id: text, name: text, projects: list(project) }, { type: maybe(text) })),
  "current": object({ authenticated: flag }, {
    user: maybe(user),
    default_org_id: maybe(text),
    project: maybe(object({})),
    backend: maybe(object({})),
  }),
  "create": object({ success: flag, project, oss_host: text }, {
    template: maybe(text),
    project_file: text,
    urls: object({}, { dashboard: text }),
  }),
  "link": object({ success: flag, project, oss_host: text }),
};
