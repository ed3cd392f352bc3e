import type { Gateway } from "./types.ts";

/** What every answer of the echo begins with, so that nobody takes it for a model's. */
const NAME = "Echo (no model):";
const USUAL_DIMENSIONS = 1536;
/** One grey pixel. */
const PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==";

/**
 * Stands in for a model where an app is tried without one: it repeats what was asked, calls the
 * first tool that it is offered, and turns texts into vectors of their words. The same question has
 * the same answer.
 */
export const echo: Gateway = {
  ask(path, body) {
    const request = Object(body) as EchoRequest;
    if (path === "models") return Promise.resolve(Response.json({ data: [{ id: "echo" }] }));
    if (path === "embeddings") return Promise.resolve(Response.json(embed(request)));
    return Promise.resolve(request.stream ? streamed(request) : Response.json(whole(request)));
  },
};

interface EchoRequest {
  messages?: { role: string; content?: string | { type: string; text?: string }[] | null }[];
  stream?: boolean;
  tools?: { function: { name: string; parameters?: ObjectSchema } }[];
  tool_choice?: string | { function: { name: string } };
  modalities?: string[];
  input?: string | string[];
  dimensions?: number;
  encoding_format?: string;
}

interface ObjectSchema {
  properties?: Record<string, { type?: string; enum?: unknown[] }>;
}

function whole(request: EchoRequest) {
  const tool_calls = callOf(request);
  const content = tool_calls ? null : `${NAME} ${lastText(request)}`;
  const images = request.modalities?.includes("image")
    ? [{ type: "image_url", image_url: { url: `data:image/png;base64,${PIXEL}` } }]
    : undefined;
  const message = { role: "assistant", content, tool_calls, images };
  return { model: "echo", choices: [{ message }], usage: usageOf(lastText(request)) };
}

function streamed(request: EchoRequest): Response {
  const { choices: [choice], usage } = whole(request);
  const { content, tool_calls } = choice!.message;
  const deltas = content?.match(/\S+\s*/g)?.map((word) => ({ content: word })) ?? [];
  const events = [
    ...deltas.map((delta) => ({ choices: [{ delta }] })),
    ...(tool_calls ? [{ choices: [{ delta: { tool_calls } }] }] : []),
    { choices: [], usage },
  ];
  const lines = events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("");
  return new Response(`${lines}data: [DONE]\n\n`);
}

/** A call of the tool that was asked for, or of the first; none once a tool has answered. */
function callOf({ messages = [], tools = [], tool_choice = "auto" }: EchoRequest) {
  const wanted = typeof tool_choice === "object" ? tool_choice.function.name : undefined;
  const tool = tools.find(({ function: { name } }) => wanted === undefined || name === wanted);
  if (!tool || tool_choice === "none" || messages.at(-1)?.role === "tool") return undefined;
  const { name, parameters } = tool.function;
  const values = Object.entries(parameters?.properties ?? {}).map(([key, schema]) => [
    key,
    schema.enum?.[0] ?? EXAMPLES[schema.type ?? "string"] ?? null,
  ]);
  const call = { name, arguments: JSON.stringify(Object.fromEntries(values)) };
  return [{ index: 0, id: `echo_${name}`, type: "function", function: call }];
}

const EXAMPLES: Readonly<Record<string, unknown>> = {
  string: "echo",
  number: 0,
  integer: 0,
  boolean: false,
  array: [],
  object: {},
};

function lastText({ messages = [] }: EchoRequest): string {
  const content = messages.findLast(({ role }) => role === "user" || role === "tool")?.content;
  if (typeof content === "string") return content;
  return (content ?? []).map(({ text }) => text ?? "").join(" ").trim();
}

function embed({ input = [], dimensions, encoding_format }: EchoRequest) {
  const texts = [input].flat();
  return {
    model: "echo",
    data: texts.map((text, index) => {
      const vector = vectorOf(text, dimensions || USUAL_DIMENSIONS);
      const embedding = encoding_format === "base64"
        ? new Uint8Array(vector.buffer).toBase64()
        : [...vector];
      return { embedding, index };
    }),
    usage: usageOf(texts.join(" ")),
  };
}

/** A vector of length 1 in which each word has a place: texts with the same words are near. */
function vectorOf(text: string, dimensions: number): Float32Array<ArrayBuffer> {
  const vector = new Float32Array(dimensions);
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [""]) {
    vector[hashOf(word) % dimensions]! += 1;
  }
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

/** FNV-1a. */
function hashOf(word: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < word.length; index++) {
    hash = Math.imul(hash ^ word.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}

function usageOf(text: string) {
  const count = text.split(/\s+/).length;
  return { prompt_tokens: count, completion_tokens: count, total_tokens: 2 * count };
}
