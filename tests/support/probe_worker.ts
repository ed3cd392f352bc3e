/** Tries, from inside a sandbox, what a message asks for, and answers how it ended. */

export type Probe =
  | { readonly fetch: string }
  | { readonly read: string }
  | { readonly write: string }
  | { readonly run: string }
  | { readonly env: string };

const scope = self as unknown as {
  onmessage: (event: MessageEvent<Probe>) => void;
  postMessage(outcome: string): void;
};

scope.onmessage = async ({ data }) => {
  try {
    await attempt(data);
    scope.postMessage("allowed");
  } catch (error) {
    scope.postMessage(error instanceof Deno.errors.NotCapable ? "refused" : `${error}`);
  }
};

async function attempt(probe: Probe): Promise<void> {
  if ("fetch" in probe) await (await fetch(probe.fetch)).body?.cancel();
  if ("read" in probe) await Deno.readTextFile(probe.read);
  if ("write" in probe) await Deno.writeTextFile(probe.write, "");
  if ("run" in probe) await new Deno.Command(probe.run).output();
  if ("env" in probe) Deno.env.get(probe.env);
}
