/** The addresses that a declaration's words stand for. */
import { DEFAULT_PLATFORM_URL, readGlobalConfigSync } from "../../config/global.ts";
import { environmentVariable } from "../../core/environment.ts";
import { namedProject } from "../../config/target.ts";
import { UsageError } from "../../core/errors.ts";
import { FEEDBACK_URL } from "../../shared/contract/feedback.ts";
import { readNpmConfig } from "../../shared/packages/npm_config.ts";
import { npmSurroundings } from "../function_sources.ts";
import type { LaunchFacts } from "../launch_facts.ts";
import type { Host } from "./reach.ts";

/** Object stores that a backend's presigned transfer URLs lead to. */
const TRANSFER_HOSTS = ["*.amazonaws.com:443", "*.cloudfront.net:443"];
/** Those that Deno itself lets programs import from unless it is told otherwise. */
const MODULE_HOSTS = [
  "deno.land:443",
  "jsr.io:443",
  "esm.sh:443",
  "raw.esm.sh:443",
  "cdn.jsdelivr.net:443",
  "raw.githubusercontent.com:443",
  "gist.githubusercontent.com:443",
];
const TEMPLATE_HOSTS = ["codeload.github.com:443"];
const RELEASE_HOSTS = [
  "github.com:443",
  "objects.githubusercontent.com:443",
  "release-assets.githubusercontent.com:443",
];

/**
 * What the sandbox lets through, as `host:port`; true lets everything through.
 * @throws {UsageError}
 */
export function hostsOf(hosts: readonly Host[], launch: LaunchFacts): true | string[] {
  if (hosts.includes("any")) return true;
  if (hosts.length === 0) return [];
  const config = readGlobalConfigSync(launch.globalFolder);
  const named = hosts.flatMap((host) => addressesOf(host, launch, config.platform_api_url));
  const extra = [
    ...trusted(environmentVariable("INSFORGE_ALLOW_HOSTS")?.split(","), "INSFORGE_ALLOW_HOSTS"),
    ...trusted(config.allowed_hosts, '"allowed_hosts" in ~/.insforge/config.json'),
  ];
  // A request to what cannot be a host fails by itself, and is described better there.
  return [...new Set([...named.filter(isHost), ...extra])];
}

/** The hosts that a user trusts; `source` says where. @throws {UsageError} */
function trusted(hosts: readonly string[] = [], source: string): string[] {
  return hosts.map((host) => host.trim()).filter(Boolean).map((host) => {
    if (isHost(host)) return host;
    throw new UsageError(`${source} holds what is no host: ${JSON.stringify(host)}.`, {
      hint: "Name hosts with or without a port, such as example.com or example.com:8443.",
    });
  });
}

/**
 * Whether a text can be granted: a name, `*.` and a name, or an address, each with or without a
 * port.
 */
function isHost(host: string): boolean {
  return /^(\[[\da-f:.]+\]|(\*\.)?\w([\w-]{0,61}\w)?(\.\w([\w-]{0,61}\w)?)*\.?)(:\d+)?$/i.test(
    host,
  ) &&
    host.length <= 253 && !/\d\.(:\d+)?$/.test(host) &&
    URL.canParse(`http://${host.replace("*.", "")}`);
}

function addressesOf(host: Host, launch: LaunchFacts, platformUrl?: string): string[] {
  const option = (name: string) => launch.invocation.values.get(name)?.at(-1);
  switch (host) {
    case "platform":
      return address(
        option("--api-url") ?? environmentVariable("INSFORGE_API_URL") ?? platformUrl ??
          DEFAULT_PLATFORM_URL,
      );
    case "project":
      return [
        ...address(option("--api-base-url")),
        ...address(environmentVariable("INSFORGE_BASE_URL")),
        ...address(launch.project.project?.oss_host),
        ...(namedProject(launch, environmentVariable) ||
            launch.invocation.command[0] === "create" ||
            launch.invocation.command[0] === "link"
          ? ["*.insforge.app:443"]
          : []),
      ];
    case "transfer":
      return TRANSFER_HOSTS;
    case "templates":
      return [...TEMPLATE_HOSTS, ...address(environmentVariable("INSFORGE_TEMPLATES_URL"))];
    case "releases":
      return [...RELEASE_HOSTS, ...address(environmentVariable("INSFORGE_DOWNLOAD_URL"))];
    case "feedback":
      return address(environmentVariable("INSFORGE_FEEDBACK_URL") ?? FEEDBACK_URL);
    case "loopback":
      return ["127.0.0.1"];
    case "packages":
      return packageHosts(launch);
    case "any":
      return [];
  }
}

/** The registries of npm's configuration with its proxy, and the hosts that Deno imports from. */
function packageHosts(launch: LaunchFacts): string[] {
  const config = readNpmConfig(npmSurroundings(launch, environmentVariable));
  const addresses = [config.registry, ...Object.values(config.scopes), config.proxy];
  return [...addresses.flatMap(address), ...MODULE_HOSTS];
}

/** The `host:port` of a URL; nothing for text that is no URL (the command will say so). */
function address(url: string | undefined): string[] {
  if (!url) return [];
  try {
    const { hostname, port, protocol } = new URL(url);
    return [`${hostname}:${port || (protocol === "http:" ? 80 : 443)}`];
  } catch {
    return [];
  }
}
