import { EXIT } from './exit-code.ts';

/**
 * Resolves at the first SIGINT, SIGTERM or SIGHUP. From then on another SIGINT ends the process at once: what was
 * acknowledged is on disk in any case.
 */
export function askedToStop(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (isAsked && signal === 'SIGINT') process.exit(EXIT.unavailable);
      isAsked = true;
      resolve();
    });
  }
  let isAsked = false;
  return promise;
}
