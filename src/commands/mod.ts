/** Every command of the program, in the order in which help lists them. */
import { type Commands, under } from "../cli/command.ts";
import { account } from "./account/mod.ts";
import { advisor } from "./advisor/mod.ts";
import { ai } from "./ai/mod.ts";
import { auth } from "./auth/mod.ts";
import { backups } from "./backups/mod.ts";
import { billing, usage } from "./billing/mod.ts";
import { branch } from "./branch/mod.ts";
import { ci } from "./ci/mod.ts";
import { config } from "./config/mod.ts";
import { db } from "./db/mod.ts";
import { deployments } from "./deployments/mod.ts";
import { diagnose } from "./diagnose/mod.ts";
import { docs } from "./docs/mod.ts";
import { domains } from "./domains/mod.ts";
import { elsewhere } from "./elsewhere/mod.ts";
import { env } from "./env/mod.ts";
import { feedback } from "./feedback/mod.ts";
import { functions } from "./functions/mod.ts";
import { local } from "./local/mod.ts";
import { logs } from "./logs/mod.ts";
import { mcp } from "./mcp/mod.ts";
import { memory } from "./memory/mod.ts";
import { metadata } from "./metadata/mod.ts";
import { orgs } from "./orgs/mod.ts";
import { payments } from "./payments/mod.ts";
import { program } from "./program/mod.ts";
import { projects } from "./projects/mod.ts";
import { realtime } from "./realtime/mod.ts";
import { records } from "./records/mod.ts";
import { schedules } from "./schedules/mod.ts";
import { secrets } from "./secrets/mod.ts";
import { storage } from "./storage/mod.ts";

/**
 * Each group's table declares its commands once: what they do, what they may reach, and the file
 * that is loaded when they are invoked. The launcher reads the tables, so they load nothing else.
 */
export const commands: Commands = {
  ...under("Account and project", {
    ...account,
    ...projects,
    orgs,
    billing,
    usage,
    env,
    config,
    ci,
  }),
  ...under("Backend", {
    metadata,
    db,
    records,
    auth,
    functions,
    secrets,
    storage,
    realtime,
    schedules,
    memory,
    ai,
    payments,
  }),
  ...under("Site", { deployments, domains }),
  ...under("Health", { logs, ...diagnose, advisor }),
  ...under("Local backend and copies", { local, branch, backups }),
  ...under("Program", { docs, mcp, feedback, ...program }),
  ...elsewhere,
};
