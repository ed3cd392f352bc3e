/** Tokens that were counted, in OpenAI's words. */
export interface Usage {
  prompt_tokens?: number;
  completion_tokens?: number;
  total_tokens?: number;
}

/** Tokens that were counted, in the contract's words; none where nobody counted. */
export function tokenUsage(usage: Usage | undefined) {
  return usage && {
    promptTokens: usage.prompt_tokens,
    completionTokens: usage.completion_tokens,
    totalTokens: usage.total_tokens,
  };
}
