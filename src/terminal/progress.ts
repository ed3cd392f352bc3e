/** Progress of what takes longer than a moment: on a terminal's stderr, and nowhere else. */
import { escapeLine } from "./escape.ts";
import { styleFor } from "./style.ts";
import type { Terminal } from "./terminal.ts";
import { fit } from "./width.ts";

/** A line that is redrawn in place until the work ends. */
export interface Progress extends Disposable {
  /** Replaces the text of the line. */
  update(text: string): void;
  /** Makes room for another line; what is under way shows again below it. */
  erase(): void;
  /** Takes the line away. */
  stop(): void;
}

const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const FRAME_MS = 80;
/** Commands that take less from the start of the program on show nothing: a line would flicker. */
const QUICK_MS = 150;
/** So does work that takes less, however long the program took to come to it. */
const MOMENT_MS = 40;

/** When a progress line shows. */
export interface ProgressSettings {
  /** Whether it never does. */
  readonly quiet: boolean;
  /** When the program was started, in milliseconds since 1970. */
  readonly startedAt: number;
}

/**
 * Starts a progress line; silent unless stderr is a terminal outside of CI and `quiet` is unset.
 */
export function startProgress(
  terminal: Terminal,
  text: string,
  { quiet, startedAt }: ProgressSettings,
): Progress {
  if (quiet || !terminal.stderrIsTerminal || terminal.isCi) {
    return { update() {}, erase() {}, stop() {}, [Symbol.dispose]() {} };
  }
  const style = styleFor(terminal.colour.stderr);
  let current = text;
  let frame = 0;
  let isDrawn = false;
  const draw = () => {
    const mark = FRAMES[frame++ % FRAMES.length]!;
    const columns = terminal.errorColumns() ?? 80;
    terminal.writeError(`\r\x1b[2K${style.accent(mark)} ${fit(escapeLine(current), columns - 3)}`);
    isDrawn = true;
    timer = setTimeout(draw, FRAME_MS);
  };
  let timer = setTimeout(draw, Math.max(MOMENT_MS, startedAt + QUICK_MS - Date.now()));
  const erase = () => {
    if (isDrawn) terminal.writeError("\r\x1b[2K");
    isDrawn = false;
  };
  const stop = () => {
    clearTimeout(timer);
    erase();
  };
  return {
    update(text) {
      current = text;
    },
    erase,
    stop,
    [Symbol.dispose]: stop,
  };
}
