/** Where a verb writes: words for people, or one JSON value for scripts; progress goes to standard error. */
export interface Output {
  readonly json: boolean;
  /** A line for people; silent with `--json`. */
  line(text: string): void;
  /** The verb's result as JSON; silent without `--json`. */
  result(value: unknown): void;
  /** Progress of long work: overwritten on a terminal, a line now and then elsewhere. */
  progress(text: string): void;
}

/** How often progress is shown where it cannot be overwritten. */
const PROGRESS_INTERVAL_MS = 5_000; // a log of an hour's import stays readable

/** An Output on the process's own streams. */
export function processOutput(json: boolean): Output {
  let shownMs = 0;
  const terminal = process.stderr.isTTY === true;
  return {
    json,
    line: (text) => {
      if (!json) process.stdout.write(`${text}\n`);
    },
    result: (value) => {
      if (json) process.stdout.write(`${JSON.stringify(value)}\n`);
    },
    progress: (text) => {
      const nowMs = performance.now();
      if (terminal) process.stderr.write(`\r\x1b[2K${text}`);
      else if (nowMs - shownMs >= PROGRESS_INTERVAL_MS) {
        shownMs = nowMs;
        process.stderr.write(`${text}\n`);
      }
    },
  };
}
