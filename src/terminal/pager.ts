/** The user's pager, for texts that are longer than the screen. */

export interface Pager {
  /** Whether it has the terminal at this moment. */
  readonly isRunning: boolean;
  /** Shows a text; false when it fits the screen, or when there is no pager to be had. */
  show(text: string): Promise<boolean>;
}

type Environment = (name: string) => string | undefined;

/**
 * The pager's command: `$PAGER`, whose words are split at spaces and see no shell, else `less`.
 * What Windows has of its own knows neither colours nor UTF-8, so there `less` must be installed.
 */
export function pagerCommand(env: Environment): readonly string[] {
  const words = env("PAGER")?.trim().split(/\s+/).filter(Boolean) ?? [];
  return words.length > 0 ? words : ["less"];
}

/** The pager of this system. Where it cannot be started, the caller writes the text itself. */
export function systemPager(env: Environment): Pager {
  let isRunning = false;
  return {
    get isRunning() {
      return isRunning;
    },
    async show(text) {
      if (text.split("\n").length <= screenRows()) return false;
      const [program, ...args] = pagerCommand(env);
      let child: Deno.ChildProcess;
      try {
        child = new Deno.Command(program!, {
          args,
          stdin: "piped",
          // Colours pass through and the text stays on the screen, unless the user wants otherwise.
          env: { LESS: env("LESS") ?? "FRX", LESSCHARSET: "utf-8" },
        }).spawn();
      } catch {
        return false;
      }
      isRunning = true;
      try {
        await new Blob([text]).stream().pipeTo(child.stdin).catch(ignoreClosed);
        await child.status;
      } finally {
        isRunning = false;
      }
      return true;
    },
  };
}

/** A pager that was quit reads no further. */
function ignoreClosed(error: unknown): void {
  if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
}

function screenRows(): number {
  try {
    return Deno.consoleSize().rows || Infinity;
  } catch {
    return Infinity;
  }
}
