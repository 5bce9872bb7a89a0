import { VaultError } from '../error.ts';
import type { CurrentRow } from '../storage/storage.ts';
import type { RetentionRule } from './tombstone.ts';

const DAY_MS = 86_400_000; // 24 h

/** Throws `VaultError` `retained`, naming the rule, while one of the resources must be kept. */
export function requireRetentionOver(
  resources: readonly CurrentRow[],
  rules: readonly RetentionRule[],
  now: Date,
): void {
  for (const { name, types, days } of rules) {
    const kept = resources.find(
      ({ type, updatedMs }) =>
        (types === undefined || types.includes(type)) && updatedMs + days * DAY_MS > now.getTime(),
    );
    if (kept === undefined) continue;
    const until = new Date(kept.updatedMs + days * DAY_MS).toISOString().slice(0, 10);
    throw new VaultError(
      'retained',
      `The retention rule "${name}" keeps a ${kept.type} until ${until}: nothing was erased.`,
    );
  }
}
