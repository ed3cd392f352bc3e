import type {
  Annotation,
  ChatCompletionRequest,
  ChatCompletionResponse,
  ChatMessageSchema,
  ToolCall,
} from "../../shared/contract/backend.ts";
import type { Gateway } from "./types.ts";
import { readEvents } from "./sse.ts";
import { tokenUsage, type Usage } from "./usage.ts";

const USUAL_TEMPERATURE = 0.7;
const USUAL_TOKENS = 4096;

/** What a model says, in OpenAI's words. */
interface Message {
  content?: string | null;
  tool_calls?: (Partial<ToolCall> & { index?: number })[];
  annotations?: { type: string; url_citation?: Record<string, unknown> }[];
  images?: { type: string; image_url?: { url?: string } }[];
}

/** An answer in OpenAI's words; `delta` where it streams. */
export interface Completion {
  choices?: { message?: Message; delta?: Message }[];
  usage?: Usage;
  error?: { message?: string };
}

/** One answer of a model (contract section 19.1). */
export async function complete(
  gateway: Gateway,
  request: ChatCompletionRequest,
  signal: AbortSignal,
): Promise<ChatCompletionResponse> {
  const body = requestOf(request, false);
  const answer: Completion = await (await gateway.ask("chat/completions", body, signal)).json();
  const message = answer.choices?.[0]?.message;
  return {
    text: message?.content ?? "",
    tool_calls: toolCalls(message?.tool_calls ?? []),
    annotations: annotations(message),
    metadata: { model: body.model, usage: tokenUsage(answer.usage) },
  };
}

/** The events of an answer as the model gives it; a failure in the middle is the last one. */
export async function* completeStreaming(
  gateway: Gateway,
  request: ChatCompletionRequest,
  signal: AbortSignal,
): AsyncGenerator<Record<string, unknown>> {
  try {
    const response = await gateway.ask("chat/completions", requestOf(request, true), signal);
    const calls: (Partial<ToolCall> & { index?: number })[] = [];
    let citations: Annotation[] | undefined;
    for await (const { choices, usage, error } of readEvents<Completion>(response.body!)) {
      if (error) throw new Error(error.message ?? "The model broke off");
      const delta = choices?.[0]?.delta;
      if (delta?.content) yield { chunk: delta.content };
      for (const call of delta?.tool_calls ?? []) gather(calls, call);
      citations = annotations(delta) ?? citations;
      if (usage) yield { tokenUsage: tokenUsage(usage) };
    }
    const tool_calls = toolCalls(calls);
    if (tool_calls) yield { tool_calls };
    if (citations) yield { annotations: citations };
    yield { done: true };
  } catch (error) {
    yield { error: true, message: (error as Error).message };
  }
}

function requestOf(request: ChatCompletionRequest, stream: boolean) {
  const { model, thinking, webSearch, fileParser } = request;
  const plugins = [
    webSearch?.enabled && {
      id: "web",
      engine: webSearch.engine,
      max_results: webSearch.maxResults,
      search_prompt: webSearch.searchPrompt,
    },
    fileParser?.enabled && { id: "file-parser", pdf: fileParser.pdf },
  ].filter(Boolean);
  return {
    model: thinking && !model.endsWith(":thinking") ? `${model}:thinking` : model,
    messages: request.messages.map(messageOf),
    temperature: request.temperature ?? USUAL_TEMPERATURE,
    max_tokens: request.maxTokens ?? USUAL_TOKENS,
    top_p: request.topP,
    stream,
    stream_options: stream ? { include_usage: true } : undefined,
    plugins: plugins.length ? plugins : undefined,
    tools: request.tools,
    tool_choice: request.toolChoice,
    parallel_tool_calls: request.parallelToolCalls,
  };
}

/** A message in OpenAI's words; pictures beside the text are an older form. */
function messageOf({ images, ...message }: ChatMessageSchema): unknown {
  const { role, content } = message;
  if (role === "tool") {
    const text = typeof content === "string" ? content : JSON.stringify(content);
    return { role, content: text, tool_call_id: message.tool_call_id };
  }
  if (!images?.length || typeof content !== "string") {
    return { ...message, content: content ?? null };
  }
  const pictures = images.map(({ url }) => ({ type: "image_url", image_url: { url } }));
  return { ...message, content: [{ type: "text", text: content }, ...pictures] };
}

/** Puts a piece of a call to those before it. */
function gather(
  calls: (Partial<ToolCall> & { index?: number })[],
  piece: Partial<ToolCall> & { index?: number },
): void {
  const call = calls.find(({ index }) => index === piece.index);
  if (!call) calls.push({ ...piece, function: { name: "", arguments: "", ...piece.function } });
  else call.function!.arguments += piece.function?.arguments ?? "";
}

function toolCalls(calls: readonly Partial<ToolCall>[]): ToolCall[] | undefined {
  if (calls.length === 0) return undefined;
  return calls.map(({ id, function: { name, arguments: text } = { name: "", arguments: "" } }) => ({
    id: id ?? crypto.randomUUID(),
    type: "function",
    function: { name, arguments: text },
  }));
}

function annotations(message: Message | undefined): Annotation[] | undefined {
  const cited = (message?.annotations ?? []).flatMap(({ url_citation }) =>
    url_citation
      ? [{
        type: "url_citation",
        urlCitation: {
          url: url_citation.url,
          title: url_citation.title,
          content: url_citation.content,
          startIndex: url_citation.start_index,
          endIndex: url_citation.end_index,
        },
      } as Annotation]
      : []
  );
  return cited.length ? cited : undefined;
}
