/** How models are reached. */
export interface AiOptions {
  /** Base address of an OpenAI-compatible API, such as `http://127.0.0.1:11434/v1`. */
  readonly url?: string;
  /** Answer with an echo of what was asked, instead of a model. */
  readonly echo?: boolean;
}

/** Something that speaks OpenAI's protocol. */
export interface Gateway {
  /** Asks for something, such as `chat/completions`. @throws {ApiError} when it is refused */
  ask(path: string, body?: unknown, signal?: AbortSignal): Promise<Response>;
}
