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
/** What takes longer shows before 300 ms are over, the start of the program included. */
const DELAY_MS = 150;

/**
 * Starts a progress line; silent unless stderr is a terminal outside of CI and `quiet` is unset.
 */
export function startProgress(terminal: Terminal, text: string, quiet: boolean): Progress {
  if (quiet || !terminal.stderrIsTerminal || terminal.isCi) {
    return { update() {}, erase() {}, stop() {}, [Symbol.dispose]() {} };
  }
  const style = styleFor(terminal.colour.stderr);
  const started = Date.now();
  let current = text;
  let frame = 0;
  let isDrawn = false;
  const timer = setInterval(() => {
    if (Date.now() - started < DELAY_MS) return;
    const mark = FRAMES[frame++ % FRAMES.length]!;
    const columns = terminal.columns() ?? 80;
    terminal.writeError(`\r\x1b[2K${style.accent(mark)} ${fit(escapeLine(current), columns - 3)}`);
    isDrawn = true;
  }, FRAME_MS);
  const erase = () => {
    if (isDrawn) terminal.writeError("\r\x1b[2K");
    isDrawn = false;
  };
  const stop = () => {
    clearInterval(timer);
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
