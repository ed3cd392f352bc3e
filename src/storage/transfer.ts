/** Several transfers at once: their progress and what became of each. */
import type { Context } from "../context.ts";
import { CliError } from "../errors.ts";
import { bar } from "../output/bar.ts";
import { formatBytes } from "../output/bytes.ts";
import { forEachParallel } from "../parallel.ts";

/** What became of one file. */
export interface TransferResult {
  readonly file: string;
  readonly key: string;
  readonly size?: number;
  readonly success: boolean;
  readonly error?: string;
  readonly code?: string;
}

/** One transfer. */
export interface Transfer {
  readonly file: string;
  readonly key: string;
  /** Bytes, as far as they are known before. */
  readonly size: number;
  /** @param sent takes the bytes that went over the wire; @returns what is added to the result */
  run(sent: (bytes: number) => void): Promise<Partial<TransferResult>>;
}

/** Runs transfers, at most `width` at a time; one that fails stops no other. */
export async function runTransfers(
  context: Context,
  verb: string,
  transfers: readonly Transfer[],
  width: number,
): Promise<TransferResult[]> {
  const meter = progressMeter(context, verb, transfers);
  using _ = meter;
  const results: TransferResult[] = [];
  await forEachParallel(transfers.entries(), width, async ([index, { file, key, run }]) => {
    try {
      results[index] = { file, key, success: true, ...await run(meter.add) };
    } catch (error) {
      if (!(error instanceof CliError) || context.signal.aborted || transfers.length === 1) {
        throw error;
      }
      const { message, code } = error;
      results[index] = { file, key, success: false, error: message, code };
    }
    meter.finish();
  });
  return results;
}

function progressMeter({ progress, clock }: Context, verb: string, transfers: readonly Transfer[]) {
  const total = transfers.reduce((sum, { size }) => sum + size, 0);
  const what = transfers.length === 1 ? transfers[0]!.file : `${transfers.length} files`;
  const started = clock.now().getTime();
  const line = progress(`${verb} ${what}`);
  let done = 0;
  let finished = 0;
  const show = () => {
    const seconds = Math.max(0.001, (clock.now().getTime() - started) / 1000);
    const rate = done / seconds;
    const left = rate > 0 ? ` ${formatSeconds((total - done) / rate)} left` : "";
    const files = transfers.length === 1 ? what : `${finished} of ${what}`;
    line.update(`${bar(done, total)} ${formatBytes(rate)}/s${left}  ${files}`);
  };
  return {
    add(bytes: number) {
      done += bytes;
      show();
    },
    finish() {
      finished++;
      show();
    },
    [Symbol.dispose]: () => line.stop(),
  };
}

function formatSeconds(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
