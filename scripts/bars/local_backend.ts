import { fromFileUrl, join } from "@std/path";

const EXECUTABLE = fromFileUrl(
  new URL(`../../dist/insforge${Deno.build.os === "windows" ? ".exe" : ""}`, import.meta.url),
);

/** A mail of the local inbox, with what a person would click on or type in. */
export interface Mail {
  readonly subject: string;
  readonly codes: string[];
  readonly links: string[];
}

/** A local backend of the compiled program, in a temporary folder and with a home of its own. */
export class LocalBackend implements AsyncDisposable {
  /** The folder that is linked to it. */
  readonly folder: string;
  readonly #home: string;
  url = "";
  apiKey = "";
  anonKey = "";

  private constructor(root: string) {
    this.folder = join(root, "project");
    this.#home = join(root, "home");
  }

  /** Starts one whose models are an echo; resolves when it answers. */
  static async start(): Promise<LocalBackend> {
    const backend = new LocalBackend(await Deno.makeTempDir({ prefix: "insforge-bar-" }));
    await Deno.mkdir(backend.folder);
    await Deno.mkdir(backend.#home);
    const { url } = await backend.insforge("local", "start", "--ai-echo", "--port", "0");
    backend.url = url;
    backend.apiKey = (await backend.insforge("secrets", "get", "API_KEY")).value;
    backend.anonKey = (await backend.insforge("secrets", "get", "ANON_KEY")).value;
    return backend;
  }

  /** Runs one command in its folder. @returns its JSON document. @throws with what it said */
  // deno-lint-ignore no-explicit-any
  async insforge(...args: string[]): Promise<any> {
    const env = { HOME: this.#home, USERPROFILE: this.#home };
    const { code, stdout, stderr } = await new Deno.Command(EXECUTABLE, {
      args: [...args, "--json", "--yes"],
      cwd: this.folder,
      env,
      stdin: "null",
    }).output();
    const text = new TextDecoder().decode(code === 0 ? stdout : stderr);
    if (code !== 0) throw new Error(`insforge ${args.join(" ")}: ${text}`);
    return text.trim() === "" ? undefined : JSON.parse(text);
  }

  /** The mails to an address, newest first. */
  async mailsTo(address: string): Promise<Mail[]> {
    const response = await fetch(`${this.url}/api/local/mail?to=${encodeURIComponent(address)}`, {
      headers: { authorization: `Bearer ${this.apiKey}` },
    });
    return (await response.json()).mails;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.insforge("local", "stop");
    await Deno.remove(join(this.folder, ".."), { recursive: true });
  }
}
