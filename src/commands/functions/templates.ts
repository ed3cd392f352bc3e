/** The sources that `functions new` writes: each runs as it is. */

const CORS_HEADERS = `const corsHeaders = {
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
  "Access-Control-Allow-Headers": "Authorization, Content-Type",
};
`;

const HELLO = `interface Input {
  name?: string;
}

export default async function (request: Request): Promise<Response> {
  const { name = "world" }: Input = request.method === "POST" ? await request.json() : {};
  return Response.json({ message: \`Hello, \${name}!\` });
}
`;

const CORS = `${CORS_HEADERS}
interface Input {
  name?: string;
}

export default async function (request: Request): Promise<Response> {
  if (request.method === "OPTIONS") {
    return new Response(null, { status: 204, headers: corsHeaders });
  }
  const { name = "world" }: Input = request.method === "POST" ? await request.json() : {};
  return Response.json({ message: \`Hello, \${name}!\` }, { headers: corsHeaders });
}
`;

const AUTH = `import { createClient } from "npm:@insforge/sdk";

${CORS_HEADERS}
/** Answers who calls; what it does with \`client\`, it does with that user's rights. */
export default async function (request: Request): Promise<Response> {
  if (request.method === "OPTIONS") {
    return new Response(null, { status: 204, headers: corsHeaders });
  }
  const token = request.headers.get("Authorization")?.replace(/^Bearer /, "");
  const client = createClient({
    baseUrl: Deno.env.get("INSFORGE_BASE_URL"),
    edgeFunctionToken: token,
  });
  const { data } = await client.auth.getCurrentUser();
  if (!data?.user) {
    return Response.json({ error: "Sign in first" }, { status: 401, headers: corsHeaders });
  }
  const { id, email } = data.user;
  return Response.json({ id, email }, { headers: corsHeaders });
}
`;

const WEBHOOK = `/**
 * Takes events whose sender signs them: the header X-Signature holds the HMAC-SHA256 of the body in
 * hexadecimal, made with the secret WEBHOOK_SECRET (\`insforge secrets add WEBHOOK_SECRET\`).
 */
export default async function (request: Request): Promise<Response> {
  const secret = Deno.env.get("WEBHOOK_SECRET");
  if (!secret) return Response.json({ error: "WEBHOOK_SECRET is not set" }, { status: 500 });
  const body = await request.text();
  if (!await isSigned(body, request.headers.get("X-Signature") ?? "", secret)) {
    return Response.json({ error: "The signature is wrong" }, { status: 401 });
  }
  const event = JSON.parse(body);
  console.log("Received", event.type);
  return Response.json({ received: true });
}

async function isSigned(body: string, signature: string, secret: string): Promise<boolean> {
  const encoder = new TextEncoder();
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", encoder.encode(secret), algorithm, false, [
    "verify",
  ]);
  const bytes = signature.match(/[0-9a-f]{2}/gi)?.map((pair) => parseInt(pair, 16)) ?? [];
  return await crypto.subtle.verify("HMAC", key, new Uint8Array(bytes), encoder.encode(body));
}
`;

const STREAM =
  `/** Sends one server-sent event a second until the caller has had enough; ?count=N ends it. */
export default function (request: Request): Response {
  const count = Number(new URL(request.url).searchParams.get("count") ?? Infinity);
  const encoder = new TextEncoder();
  let sent = 0;
  const events = new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (sent > 0) await new Promise((resolve) => setTimeout(resolve, 1000));
      const data = JSON.stringify({ number: ++sent, time: new Date().toISOString() });
      controller.enqueue(encoder.encode(\`data: \${data}\\n\\n\`));
      if (sent >= count) controller.close();
    },
  });
  return new Response(events, {
    headers: { "Content-Type": "text/event-stream", "Cache-Control": "no-cache" },
  });
}
`;

const CRON = `/**
 * Runs at set times, and for nobody who does not show the secret CRON_SECRET:
 *
 *   insforge schedules create --name nightly --cron "0 3 * * *" --function {{slug}} \\
 *     --headers '{"X-Cron-Secret": "\${{secrets.CRON_SECRET}}"}'
 */
export default function (request: Request): Response {
  const secret = Deno.env.get("CRON_SECRET");
  if (!secret || request.headers.get("X-Cron-Secret") !== secret) {
    return Response.json({ error: "Only the schedule may call this" }, { status: 401 });
  }
  console.log("The schedule ran");
  return Response.json({ ran: new Date().toISOString() });
}
`;

const OPENAI = `/**
 * Passes a chat on to a server with OpenAI's interface and streams its answer. It takes the secrets
 * OPENAI_API_KEY and, for another server than OpenAI's, OPENAI_BASE_URL and OPENAI_MODEL.
 */
export default async function (request: Request): Promise<Response> {
  const key = Deno.env.get("OPENAI_API_KEY");
  if (!key) return Response.json({ error: "OPENAI_API_KEY is not set" }, { status: 500 });
  const { prompt } = await request.json();
  if (typeof prompt !== "string") {
    return Response.json({ error: "Send {\\"prompt\\": \\"…\\"}" }, { status: 400 });
  }
  const base = Deno.env.get("OPENAI_BASE_URL") ?? "https://api.openai.com/v1";
  const answer = await fetch(\`\${base}/chat/completions\`, {
    method: "POST",
    headers: { "Authorization": \`Bearer \${key}\`, "Content-Type": "application/json" },
    body: JSON.stringify({
      model: Deno.env.get("OPENAI_MODEL") ?? "gpt-4o-mini",
      messages: [{ role: "user", content: prompt }],
      stream: true,
    }),
  });
  return new Response(answer.body, {
    status: answer.status,
    headers: { "Content-Type": answer.headers.get("Content-Type") ?? "text/event-stream" },
  });
}
`;

const TEMPLATES = {
  hello: HELLO,
  cors: CORS,
  auth: AUTH,
  webhook: WEBHOOK,
  stream: STREAM,
  cron: CRON,
  openai: OPENAI,
} as const;

/** The names that `--template` takes. */
export const TEMPLATE_NAMES = Object.keys(TEMPLATES) as TemplateName[];

/** A name that `--template` takes. */
export type TemplateName = keyof typeof TEMPLATES;

/** The source of a function to begin with. */
export function templateSource(name: TemplateName, slug: string): string {
  return TEMPLATES[name].replaceAll("{{slug}}", slug);
}
