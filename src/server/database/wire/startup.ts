/** What a client says of itself in its first message, after the version of the protocol. */
export interface Startup {
  /** The database that it asks for, if it does. */
  readonly database: string | undefined;
  /** The program, where it tells. */
  readonly applicationName: string;
  /** Settings of its session, names and values. */
  readonly settings: readonly (readonly [name: string, value: string])[];
}

/** Length and version, which come before the pairs. */
const PAIRS_START = 8;
/** What is no setting: who it is, and where it wants to go. */
const NO_SETTINGS = new Set(["user", "database", "replication", "options", "application_name"]);
/** `-c name=value` or `--name=value`; a backslash keeps the character behind it. */
const OPTION = /(?:^|\s)(?:-c\s*|--)([\w.-]+)=((?:\\.|[^\s\\])*)/g;

/** Reads the pairs of a `StartupMessage`, and the settings that its `options` hold. */
export function readStartup(message: DataView): Startup {
  const bytes = new Uint8Array(message.buffer, message.byteOffset, message.byteLength);
  const texts = new TextDecoder().decode(bytes.subarray(PAIRS_START)).split("\0");
  const pairs = new Map<string, string>();
  for (let at = 0; texts[at]; at += 2) pairs.set(texts[at]!, texts[at + 1] ?? "");
  const options = [...(pairs.get("options") ?? "").matchAll(OPTION)].map(([, name, value]) =>
    [name!.replaceAll("-", "_"), value!.replace(/\\(.)/g, "$1")] as const
  );
  const plain = [...pairs].filter(([name]) => !NO_SETTINGS.has(name) && !name.startsWith("_pq_."));
  return {
    database: pairs.get("database"),
    applicationName: pairs.get("application_name") ?? "",
    settings: [...plain, ...options].filter(([name, value]) => !isDefault(name, value)),
  };
}

/** What most clients send, and every session has. */
function isDefault(name: string, value: string): boolean {
  return name.toLowerCase() === "client_encoding" && /^("|')?utf-?8\1?$/i.test(value);
}
