/** Which release is the latest, and what it has for this platform. */
import { readAtMost } from "../core/bounded_body.ts";
import { HttpClient, type SharedSettings } from "../client/http.ts";
import { OperationError, UsageError } from "../core/errors.ts";
import { requireSignature } from "./signature.ts";
import { isVersion } from "./version.ts";

/** Where releases are: `download/vVERSION/FILE` and `latest/download/FILE` below it. */
export const RELEASES = "https://github.com/InsForge/insforge-cli/releases";

/** Bytes that a manifest and its signature never come to. */
const MOST_BYTES = 1024 ** 2;

/** A file of a release, as `manifest.json` describes it. */
export interface ReleaseFile {
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  readonly sha256: string;
}

/** A release, for this platform. */
export interface Release {
  readonly version: string;
  /** Absent where the release has nothing for this platform. */
  readonly files?: { readonly archive: ReleaseFile; readonly executable: ReleaseFile };
}

/** What of an invocation a client of the release host takes. */
interface Caller {
  readonly surroundings: SharedSettings;
  env(name: string): string | undefined;
}

/** A client of the release host, or of the mirror that `INSFORGE_DOWNLOAD_URL` names. */
export function releaseClient({ env, surroundings }: Caller): HttpClient {
  const baseUrl = (env("INSFORGE_DOWNLOAD_URL") ?? RELEASES).replace(/\/+$/, "");
  if (!URL.canParse(baseUrl)) {
    throw new UsageError(`INSFORGE_DOWNLOAD_URL is no address: ${baseUrl}.`);
  }
  return new HttpClient({
    ...surroundings,
    baseUrl,
    bearer: () => Promise.resolve(undefined),
    toError({ status }, { url }) {
      return new OperationError(
        `${url.host} answered ${status} to ${url.pathname}.`,
        "RELEASE_NOT_FOUND",
        { hint: "Try again later, or look for the releases at " + RELEASES + "." },
      );
    },
  });
}

/**
 * Asks for the latest release.
 * @throws {NetworkError} when the host cannot be reached
 * @throws {OperationError} when it answers with something else, or nobody that we know signed it
 */
export async function latestRelease(client: HttpClient): Promise<Release> {
  const read = async (name: string) => {
    const response = await client.stream("GET", `/latest/download/${name}`);
    const bytes = await readAtMost(response, MOST_BYTES);
    if (bytes) return bytes;
    throw new OperationError(
      `${client.baseUrl} answers more than a manifest has: nothing was changed.`,
      "INVALID_RESPONSE",
      { hint: "Do not trust this host or mirror." },
    );
  };
  const text = await read("manifest.json");
  await requireSignature("manifest.json", text, await read("manifest.json.sig"));
  const { version, targets } = JSON.parse(new TextDecoder().decode(text)) as {
    version?: unknown;
    targets?: Record<string, Release["files"]>;
  };
  if (!isVersion(version)) {
    throw new OperationError(
      `${client.baseUrl} does not say which release is the latest.`,
      "INVALID_RESPONSE",
    );
  }
  return { version, files: targets?.[Deno.build.target] };
}
