/** Several transfers at once: their progress and what became of each. */
import type { Context } from "../../../cli/context.ts";
import { CliError } from "../../../core/errors.ts";
import { bar } from "../../../terminal/bar.ts";
import { formatBytes } from "../../../terminal/bytes.ts";
import { forEachParallel } from "../../../core/parallel.ts";

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
  /** Bytes, where they are known before. */
  readonly size?: number;
  /** @returns what is added to the result */
  run(meter: Meter): Promise<Partial<TransferResult>>;
}

/** Takes what a transfer knows of its progress. */
export interface Meter {
  /** Bytes that will go over the wire, where that is not the size that was known before. */
  expect(bytes: number): void;
  /** Bytes that went over the wire. */
  add(bytes: number): void;
}

/** Runs one transfer. @throws {CliError} what it fails with */
export async function runTransfer(
  context: Context,
  verb: string,
  transfer: Transfer,
): Promise<TransferResult> {
  using progress = transferProgress(context, verb, [transfer]);
  const { file, key, run } = transfer;
  return { file, key, success: true, ...await run(progress.meterOf(transfer)) };
}

/**
 * Runs transfers, at most `width` at a time; one that fails stops no other, and becomes a result.
 */
export async function runTransfers(
  context: Context,
  verb: string,
  transfers: readonly Transfer[],
  width: number,
): Promise<TransferResult[]> {
  using progress = transferProgress(context, verb, transfers);
  const results: TransferResult[] = [];
  await forEachParallel(transfers.entries(), width, async ([index, transfer]) => {
    const { file, key, run } = transfer;
    try {
      results[index] = { file, key, success: true, ...await run(progress.meterOf(transfer)) };
    } catch (error) {
      if (!(error instanceof CliError) || context.signal.aborted) throw error;
      const { message, code } = error;
      results[index] = { file, key, success: false, error: message, code };
    }
    progress.finish();
  });
  return results;
}

function transferProgress(
  { progress, clock }: Context,
  verb: string,
  transfers: readonly Transfer[],
) {
  let total = transfers.reduce((sum, { size = 0 }) => sum + size, 0);
  const what = transfers.length === 1 ? transfers[0]!.file : `${transfers.length} files`;
  const started = clock.now().getTime();
  const line = progress(`${verb} ${what}`);
  let done = 0;
  let finished = 0;
  const show = () => {
    if (total === 0) return;
    const seconds = Math.max(0.001, (clock.now().getTime() - started) / 1000);
    const rate = done / seconds;
    const left = rate > 0 ? ` ${formatSeconds((total - done) / rate)} left` : "";
    const files = transfers.length === 1 ? what : `${finished} of ${what}`;
    line.update(`${bar(done, total)} ${formatBytes(rate)}/s${left}  ${files}`);
  };
  return {
    meterOf({ size = 0 }: Transfer): Meter {
      return {
        expect(bytes) {
          total += bytes - size;
        },
        add(bytes) {
          done += bytes;
          show();
        },
      };
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
