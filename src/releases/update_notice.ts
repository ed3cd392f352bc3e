/**
 * Mentions a new version: at most once a day, on a terminal, outside of CI. The launcher only reads
 * what a process in the background, started at most once a day, found out before.
 */
import { updateFile } from "../config/paths.ts";
import { makePrivateFolderSync } from "../files/folders.ts";
import { type JsonObject, readJsonFileIfSound } from "../files/json_file.ts";
import { environmentVariable } from "../core/environment.ts";
import { writeFileAtomicallySync } from "../files/atomic.ts";
import { ownerOf } from "./owner.ts";
import { compareReleases, isVersion } from "./version.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** `~/.insforge/update.json`. Times are milliseconds since 1970. */
interface UpdateState extends JsonObject {
  latest?: string;
  checkedAt?: number;
  mentionedAt?: number;
}

/** What the notice has to know of the running program. */
interface Running {
  readonly version: string;
  /** The folder of the global files. */
  readonly globalFolder?: string;
  /** The command line that runs this program again. */
  readonly self: readonly string[];
}

/**
 * What to write to stderr when the invocation has ended, if anything. Starts the search for a newer
 * version when it is due. Needs the launcher's permissions; never fails.
 */
export function updateNotice(running: Running): string | undefined {
  try {
    if (!running.globalFolder || !isWanted()) return undefined;
    const path = updateFile(running.globalFolder);
    const state: UpdateState = readJsonFileIfSound(path);
    const now = Date.now();
    const isNewer = isVersion(state.latest) && compareReleases(state.latest, running.version) > 0;
    const mentions = isNewer && isPast(state.mentionedAt, now);
    const checks = isPast(state.checkedAt, now);
    if (!mentions && !checks) return undefined;
    makePrivateFolderSync(running.globalFolder);
    const kept = {
      ...state,
      ...(checks ? { checkedAt: now } : {}),
      ...(mentions ? { mentionedAt: now } : {}),
    };
    writeFileAtomicallySync(path, JSON.stringify(kept, null, 2));
    if (checks) search(running);
    if (!mentions) return undefined;
    const how = ownerOf(Deno.realPathSync(running.self[0]!))?.upgrade ?? "insforge upgrade";
    return `insforge ${state.latest} is available, this is ${running.version}: ${how}\n`;
  } catch {
    return undefined;
  }
}

/** Keeps which version is the latest, for notices to come; needs nothing but the file's grants. */
export function rememberLatest(path: string, latest: string, now: Date, token: string): void {
  try {
    const state: UpdateState = { ...readJsonFileIfSound(path), latest, checkedAt: now.getTime() };
    writeFileAtomicallySync(path, JSON.stringify(state, null, 2), token);
  } catch {
    // The knowledge only saves asking again: not to have kept it is no failure.
  }
}

function isWanted(): boolean {
  const ci = environmentVariable("CI");
  return Deno.build.standalone && Deno.stderr.isTerminal() && (!ci || ci === "false") &&
    !environmentVariable("INSFORGE_NO_UPDATE_NOTICE");
}

/** A clock that was set back must not silence notices for long. */
function isPast(time: number | undefined, now: number): boolean {
  return typeof time !== "number" || time > now || now - time >= DAY_MS;
}

function search({ self }: Running): void {
  new Deno.Command(self[0]!, {
    args: [...self.slice(1), "upgrade", "--check", "--json"],
    stdin: "null",
    stdout: "null",
    stderr: "null",
    detached: true,
  }).spawn().unref();
}
