/**
 * The entry of a function's worker, which may read nothing: it is handed the code of the module
 * that answers the worker from then on.
 */
import { runCarried } from "../../files/carried_module.ts";

const scope = self as unknown as { onmessage: (event: MessageEvent<string>) => void };

scope.onmessage = async ({ data }) => {
  await runCarried("src/server/functions/function_worker", data);
};
