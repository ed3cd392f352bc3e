/** Sends mail through an SMTP server; the library for it is loaded when the first one goes out. */
import { ApiError } from "../http/api_error.ts";
import type { Message } from "./message.ts";

/** Milliseconds that a server may take to answer. */
const PATIENCE = 10_000;

export interface SmtpServer {
  host: string;
  port: number;
  username: string;
  password: string;
}

/** What of `nodemailer`, which comes without types, is used here. */
interface Transport {
  verify(): Promise<unknown>;
  sendMail(mail: Record<string, unknown>): Promise<unknown>;
  close(): void;
}

/** Signs in at a server and out again. @throws {ApiError} 400 with what went wrong */
export async function tryConnection(server: SmtpServer): Promise<void> {
  const transport = await connect(server);
  try {
    await transport.verify();
  } catch (error) {
    const address = `${server.host}:${server.port}`;
    throw new ApiError(
      400,
      "EMAIL_SMTP_CONNECTION_FAILED",
      `The mail server ${address} does not take this sign-in: ${(error as Error).message}`,
      "Check host, port, user name and password.",
    );
  } finally {
    transport.close();
  }
}

/** @throws {ApiError} 502 when the server does not take the mail */
export async function sendBySmtp(server: SmtpServer, message: Message): Promise<void> {
  const transport = await connect(server);
  const { sender, recipients, cc, bcc, replyTo, subject, html } = message;
  try {
    await transport.sendMail({
      ...{ from: sender, to: recipients, cc, bcc, subject, html },
      replyTo: replyTo ?? undefined,
    });
  } catch (error) {
    throw new ApiError(
      502,
      "EMAIL_SMTP_SEND_FAILED",
      `The mail server did not take the mail: ${(error as Error).message}`,
    );
  } finally {
    transport.close();
  }
}

async function connect({ host, port, username, password }: SmtpServer): Promise<Transport> {
  const { default: nodemailer } = await import("nodemailer");
  return nodemailer.createTransport({
    host,
    port,
    secure: port === 465,
    auth: { user: username, pass: password },
    connectionTimeout: PATIENCE,
    greetingTimeout: PATIENCE,
    socketTimeout: PATIENCE,
  });
}
