import pino from 'pino';
import type { Configuration } from './configuration.ts';

/** The process's own log: operations only, never health data, never a secret (DESIGN §1.1). */
export interface NodeLog {
  info(message: string, fields?: Readonly<Record<string, string | number | boolean>>): void;
  warn(message: string, fields?: Readonly<Record<string, string | number | boolean>>): void;
  /** A fault of ours: its class, code and place, without its message, which could quote input. */
  fault(error: unknown, requestId?: string): void;
}

const frames = (stack: string | undefined): string[] =>
  (stack ?? '')
    .split('\n')
    .filter((line) => line.trimStart().startsWith('at '))
    .slice(0, 6)
    .map((line) => line.trim().replace(/\(?(?:file:\/\/)?[^\s()]*\/((?:src|dist|node_modules)\/)/, '($1'));

function describe(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { fault: typeof error };
  const { name, stack, cause } = error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return {
    fault: name,
    ...(code === undefined ? {} : { code }),
    at: frames(stack),
    ...(cause === undefined ? {} : { cause: describe(cause) }),
  };
}

/** A NodeLog that writes JSON lines to standard error. */
export function createNodeLog(level: Configuration['log']): NodeLog {
  const logger = pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 2, sync: true }),
  );
  return {
    info: (message, fields = {}) => logger.info(fields, message),
    warn: (message, fields = {}) => logger.warn(fields, message),
    fault: (error, requestId) =>
      logger.error({ ...describe(error), ...(requestId === undefined ? {} : { requestId }) }, 'fault'),
  };
}
