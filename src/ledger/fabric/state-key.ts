import assert from 'node:assert/strict';

// A contract's name has no slash, so that the first one ends it. Neither part can begin with U+0000, which Fabric reserves.
const STATE_KEY = /^([a-z][a-z0-9-]{0,31})\/(.+)$/;
/** Before every character of a key: the least that comes after a key itself. */
const BEFORE_ANY = '!';
/** After every character of a key: the end of a prefix. */
const AFTER_ANY = '\u{7f}';

/** Where a contract's key stands in the one key space of the chaincode. */
export function stateKey(contract: string, key: string): string {
  return `${contract}/${key}`;
}

/** Contract and key of a key of the chaincode; undefined for one that no contract writes. */
export function parseStateKey(text: string): { contract: string; key: string } | undefined {
  const [, contract, key] = STATE_KEY.exec(text) ?? [];
  return contract === undefined || key === undefined ? undefined : { contract, key };
}

/** First key and key after the last of a contract's keys that begin with `prefix` and come after `after`. */
export function stateRange(
  contract: string,
  prefix: string,
  after: string | undefined,
): { start: string; end: string } {
  assert.ok(prefix.length > 0, 'a range has a prefix');
  const first = stateKey(contract, prefix);
  const next = after === undefined ? first : `${stateKey(contract, after)}${BEFORE_ANY}`;
  return { start: next > first ? next : first, end: `${first}${AFTER_ANY}` };
}
