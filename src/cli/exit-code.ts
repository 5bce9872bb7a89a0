/** Exit codes of every verb (FORMATS §7). */
export const EXIT = { done: 0, found: 1, unusable: 2, unavailable: 3 } as const;

/** One of the four exit codes. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends a verb with a sentence for the operator and an exit code; `code` is stable, for scripts. */
export class CliError extends Error {
  readonly code: string;
  readonly exit: ExitCode;

  constructor(exit: ExitCode, code: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'CliError';
    this.exit = exit;
    this.code = code;
  }
}
