/**
 * Keeps every response of a test run. Deno closes the body of one that is collected as garbage, so
 * that whether a test is told of a body that it left open would hang on when that happens.
 */
const kept: Response[] = [];
const { fetch } = globalThis;

globalThis.fetch = async (...request) => {
  const response = await fetch(...request);
  kept.push(response);
  return response;
};
