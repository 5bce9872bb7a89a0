import { readFileSync } from 'node:fs';
import { join } from 'node:path';

function packageVersion(): string {
  // Beside the sources in a checkout, one level further up in the package.
  for (const up of [
    ['..', '..'],
    ['..', '..', '..'],
  ]) {
    try {
      const { name, version } = JSON.parse(
        readFileSync(join(import.meta.dirname, ...up, 'package.json'), 'utf8'),
      ) as { name?: string; version?: string };
      if (name === 'holdfast' && version !== undefined) return version;
    } catch {
      // Not there: the other place has it.
    }
  }
  return 'unknown';
}

/** The product's version, from its package. */
export const VERSION = packageVersion();
