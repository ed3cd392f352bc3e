import { Command } from "@cliffy/command";
import { clientId } from "../../client/platform/oauth.ts";
import { anonymousPlatform, platformError } from "../../client/platform/connection.ts";
import { getProfile } from "../../client/platform/projects.ts";
import { HttpClient } from "../../client/http.ts";
import { type Credentials, readCredentials, writeCredentials } from "../../config/credentials.ts";
import type { PlatformUser } from "../../shared/contract/platform.ts";
import type { Context, Run } from "../../cli/context.ts";
import { AuthError, FileError, UsageError } from "../../core/errors.ts";
import { readStdinValue } from "../../cli/input.ts";
import type { Result } from "../../terminal/present.ts";
import { success } from "../../terminal/view.ts";

interface Options {
  email?: boolean;
  device?: boolean;
  userApiKey?: string;
  clientId?: string;
}

const KEY_PREFIX = "uak_";

/** `insforge login`: stores a login for the platform. */
export const login = (run: Run) =>
  new Command()
    .option("--email", "Log in with INSFORGE_EMAIL and INSFORGE_PASSWORD, or be asked for them.")
    .option("--device", "Log in with a code that you approve on another device.")
    .option("--user-api-key <key:string>", 'Log in with a user API key; "-" reads it from stdin.')
    .option("--client-id <id:string>", "The OAuth client to log in as.")
    .example("In the browser", "insforge login")
    .example("In CI", "INSFORGE_EMAIL=… INSFORGE_PASSWORD=… insforge login --email -y")
    .example("With a key that other users cannot see", "insforge login --user-api-key - < key.txt")
    .action(run(runLogin));

/** Logs in one of the four ways. @throws {AuthError} when that is refused. */
export async function runLogin(context: Context, options: Options): Promise<Result> {
  const { globalFolder } = context.launch;
  const ways = [options.email, options.device, options.userApiKey !== undefined].filter(Boolean);
  if (ways.length > 1) {
    throw new UsageError("Give only one of --email, --device and --user-api-key.");
  }
  if (!globalFolder) {
    throw new FileError("There is no home directory to store the login in.", {
      hint: "Set HOME, or set INSFORGE_ACCESS_TOKEN instead of logging in.",
    });
  }
  const fresh = await obtain(context, options);
  const kept = await readCredentials(globalFolder).catch(() => undefined);
  await writeCredentials(globalFolder, { ...kept, ...fresh });
  const { user } = fresh;
  return {
    data: { success: true, user },
    view: success(`Logged in as ${user.email || user.name || "your account"}.`),
  };
}

type Fresh = Credentials & { user: PlatformUser };

async function obtain(context: Context, options: Options): Promise<Fresh> {
  if (options.userApiKey !== undefined) return await withKey(context, options.userApiKey);
  const platform = await anonymousPlatform(context);
  if (options.email) {
    const { logInWithEmail } = await import("./login/email.ts");
    return { ...await logInWithEmail(context, platform), user_api_key: undefined };
  }
  const id = await clientId(context, options.clientId);
  const token = options.device
    ? await (await import("./login/device.ts")).logInWithDevice(context, platform, id)
    : await (await import("./login/browser.ts")).logInWithBrowser(
      requireBrowser(context),
      platform,
      id,
    );
  return {
    access_token: token.access_token,
    refresh_token: token.refresh_token ?? "",
    user_api_key: undefined,
    user: await profileOf(context, platform.baseUrl, token.access_token).catch(() => NOBODY),
  };
}

/** A failed look-up of the profile does not undo a login. */
const NOBODY: PlatformUser = {
  id: "",
  name: "",
  email: "",
  avatar_url: null,
  email_verified: false,
};

/** Nobody can use a browser where nobody can be asked. */
function requireBrowser(context: Context): Context {
  if (context.terminal.isInteractive && !context.options.yes && !context.options.json) {
    if (context.env("SSH_CONNECTION")) {
      context.note("Over SSH the browser must run on this machine; --device needs none here.");
    }
    return context;
  }
  throw new AuthError("A login in the browser needs a terminal.", {
    hint: "Without one there are `insforge login --device`, which shows a link and a code; " +
      "`insforge login --email` with INSFORGE_EMAIL and INSFORGE_PASSWORD; " +
      "`insforge login --user-api-key -`, which reads a key; and INSFORGE_ACCESS_TOKEN.",
  });
}

async function withKey(context: Context, given: string): Promise<Fresh> {
  const key = given === "-" ? (await readStdinValue(context)).trim() : given;
  if (!key.startsWith(KEY_PREFIX)) {
    throw new UsageError(`A user API key begins with ${KEY_PREFIX}.`, {
      hint: "Create one in the dashboard.",
    });
  }
  if (given !== "-") {
    context.note('The key shows in the process list: "--user-api-key -" reads it from stdin.');
  }
  const { baseUrl } = await anonymousPlatform(context);
  const user = await profileOf(context, baseUrl, key);
  return { user_api_key: key, access_token: "", refresh_token: "", user };
}

async function profileOf(context: Context, baseUrl: string, token: string): Promise<PlatformUser> {
  return await getProfile(
    new HttpClient({
      ...context.surroundings,
      baseUrl,
      bearer: () => Promise.resolve(token),
      toError: (refusal, request) => {
        const error = platformError(refusal, request);
        if (error.status !== 401 && error.status !== 403) return error;
        return new AuthError("The key is not valid, or has been revoked.", {
          hint: "Create a new one in the dashboard.",
          cause: error,
        });
      },
    }),
  );
}
