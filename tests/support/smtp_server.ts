/** A mail server that takes whatever one user sends, and keeps it (RFC 5321, RFC 4954). */
export interface SmtpServer extends AsyncDisposable {
  readonly port: number;
  /** What arrived, in order. */
  readonly mails: readonly ReceivedMail[];
}

export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  /** Headers and body as they came. */
  readonly content: string;
}

/** Starts it on a free port of this machine. */
export function startSmtpServer(user: string, password: string): SmtpServer {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const mails: ReceivedMail[] = [];
  const open = new Set<Deno.Conn>();
  const serving = (async () => {
    for await (const connection of listener) {
      open.add(connection);
      converse(connection, btoa(`\0${user}\0${password}`), mails)
        .catch(() => {})
        .finally(() => open.delete(connection));
    }
  })();
  return {
    port: listener.addr.port,
    mails,
    async [Symbol.asyncDispose]() {
      listener.close();
      for (const connection of open) connection.close();
      await serving;
    },
  };
}

async function converse(
  connection: Deno.Conn,
  credential: string,
  mails: ReceivedMail[],
): Promise<void> {
  const say = (line: string) => connection.write(new TextEncoder().encode(`${line}\r\n`));
  const lines = linesOf(connection);
  await say("220 stand-in");
  let from = "";
  let to: string[] = [];
  for await (const line of lines) {
    const [verb] = line.toUpperCase().split(/[ :]/);
    if (verb === "EHLO") await say("250-stand-in\r\n250 AUTH PLAIN");
    else if (verb === "AUTH") {
      await say(line === `AUTH PLAIN ${credential}` ? "235 welcome" : "535 not you");
    } else if (verb === "MAIL") [from, to] = [addressOf(line), []];
    else if (verb === "RCPT") to.push(addressOf(line));
    else if (verb === "DATA") {
      await say("354 go on");
      const content: string[] = [];
      for (let next = await lines.next(); next.value !== "."; next = await lines.next()) {
        content.push(next.value!);
      }
      mails.push({ from, to, content: content.join("\n") });
    }
    if (["MAIL", "RCPT", "DATA", "RSET", "NOOP"].includes(verb!)) await say("250 ok");
    if (verb === "QUIT") {
      await say("221 bye");
      connection.close();
      return;
    }
  }
}

async function* linesOf(connection: Deno.Conn): AsyncGenerator<string, undefined> {
  let text = "";
  for await (const chunk of connection.readable.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const lines = text.split("\r\n");
    text = lines.pop()!;
    yield* lines;
  }
  return undefined;
}

function addressOf(line: string): string {
  return /<([^>]*)>/.exec(line)![1]!;
}
