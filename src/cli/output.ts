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
/** How often it is shown on a terminal: more is not seen, and costs. */
const TERMINAL_INTERVAL_MS = 50; // twenty a second
const CLEAR_LINE = '\r\x1b[2K';

/** An Output on the process's own streams. */
export function processOutput(json: boolean): Output {
  const terminal = process.stderr.isTTY === true;
  let shownMs = Number.NEGATIVE_INFINITY;
  let isLineOpen = false;
  const clear = () => {
    if (isLineOpen) process.stderr.write(CLEAR_LINE);
    isLineOpen = false;
  };
  return {
    json,
    line: (text) => {
      clear();
      if (!json) process.stdout.write(`${text}\n`);
    },
    result: (value) => {
      clear();
      if (json) process.stdout.write(`${JSON.stringify(value)}\n`);
    },
    progress: (text) => {
      const nowMs = performance.now();
      if (nowMs - shownMs < (terminal ? TERMINAL_INTERVAL_MS : PROGRESS_INTERVAL_MS)) return;
      shownMs = nowMs;
      process.stderr.write(
        terminal ? `${CLEAR_LINE}${text.slice(0, process.stderr.columns - 1)}` : `${text}\n`,
      );
      isLineOpen = terminal;
    },
  };
}
