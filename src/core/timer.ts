/** What `setTimeout` and `setInterval` answer: a number in Deno 2.6, an object in Deno 2.9. */
export type Timer = ReturnType<typeof setTimeout>;
