/** A client of the Model Context Protocol over the standard input and output of a program. */

const PROTOCOL = "2025-06-18";

interface Answer {
  id?: number;
  // deno-lint-ignore no-explicit-any
  result?: any;
  error?: { message: string };
}

export class McpClient implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  readonly #ready: Promise<unknown>;
  #last = 0;

  constructor(command: string, args: string[]) {
    this.#process = new Deno.Command(command, {
      args,
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#writer = this.#process.stdin.getWriter();
    this.#read();
    this.#ready = this.#initialize();
  }

  /** The names of what the server offers. */
  async tools(): Promise<string[]> {
    await this.#ready;
    const { tools } = await this.#ask("tools/list", {});
    return tools.map(({ name }: { name: string }) => name);
  }

  /** Calls a tool. @returns all text of its answer; an error of the protocol is one of the tool */
  async call(name: string, args: object): Promise<{ text: string; isError: boolean }> {
    await this.#ready;
    try {
      const { content, isError } = await this.#ask("tools/call", { name, arguments: args });
      const text = content.map((part: { text?: string }) => part.text ?? "").join("\n");
      return { text, isError: isError === true };
    } catch (error) {
      return { text: (error as Error).message, isError: true };
    }
  }

  async #initialize(): Promise<void> {
    await this.#ask("initialize", {
      protocolVersion: PROTOCOL,
      capabilities: {},
      clientInfo: { name: "insforge-bars", version: "1.0.0" },
    });
    await this.#send({ method: "notifications/initialized" });
  }

  async #ask(method: string, params: object) {
    const id = ++this.#last;
    const answered = new Promise<Answer>((resolve) => this.#waiting.set(id, resolve));
    await this.#send({ id, method, params });
    const { result, error } = await answered;
    if (error) throw new Error(error.message);
    return result;
  }

  async #send(message: object): Promise<void> {
    const line = JSON.stringify({ jsonrpc: "2.0", ...message });
    await this.#writer.write(new TextEncoder().encode(`${line}\n`));
  }

  async #read(): Promise<void> {
    let rest = "";
    for await (const part of this.#process.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + part).split("\n");
      rest = lines.pop()!;
      for (const line of lines) this.#hear(line);
    }
    for (const answer of this.#waiting.values()) {
      answer({ error: { message: "The server has ended" } });
    }
  }

  #hear(line: string): void {
    const answer: Answer = JSON.parse(line);
    if (answer.id === undefined) return;
    this.#waiting.get(answer.id)?.(answer);
    this.#waiting.delete(answer.id);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer.close();
    await this.#process.status;
  }
}
