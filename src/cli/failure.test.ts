import { CommanderError } from 'commander';
import { expect, test } from 'vitest';
import { CryptoError } from '../crypto/index.ts';
import { DatabaseError } from '../database/index.ts';
import { LedgerError, NetworkError } from '../ledger/index.ts';
import { LogError } from '../log/index.ts';
import { NodeError } from '../node/index.ts';
import { ProofError } from '../proof/index.ts';
import { VaultError } from '../vault/index.ts';
import { CliError, EXIT } from './exit-code.ts';
import { failureOf } from './failure.ts';

test('an error that nobody foresaw says nothing of itself: its words could quote a record', () => {
  const failure = failureOf(new TypeError('Jane Doe is not a function'));
  expect(failure).toMatchObject({ exit: EXIT.unavailable, code: 'internal' });
  expect(failure.message).not.toContain('Jane');
  expect(failureOf('a string')).toMatchObject({ code: 'internal' });
});

test.each([
  [new CliError(EXIT.found, 'x', 'Found.'), EXIT.found, 'x'],
  [new NodeError('passphrase-needed', 'Set it.'), EXIT.unusable, 'passphrase-needed'],
  [new NodeError('backup-damaged', 'ledger/ledger.db is missing.'), EXIT.found, 'backup-damaged'],
  [new DatabaseError('locked', 'the folder is in use'), EXIT.unavailable, 'locked'],
  [new VaultError('sealed-key-missing', 'It does not open.'), EXIT.unusable, 'sealed-key-missing'],
  [new LedgerError('unavailable', 'It was changed.', { reason: 'tampered' }), EXIT.found, 'unavailable'],
  [new NetworkError('hash-differs', 'It is another.'), EXIT.found, 'hash-differs'],
  [new LogError('forked', 'Two histories.'), EXIT.unavailable, 'forked'],
  [new CryptoError('not-authentic', 'A byte was changed.'), EXIT.unusable, 'not-authentic'],
  [new ProofError('malformed', 'It is no receipt.'), EXIT.unusable, 'malformed'],
  [
    new CommanderError(1, 'commander.unknownCommand', "error: unknown command 'x'"),
    EXIT.unusable,
    'verb-unknown',
  ],
  [new CommanderError(1, 'commander.missingArgument', 'error: missing'), EXIT.unusable, 'usage'],
  [Object.assign(new Error('no'), { code: 'ENOENT', path: 'a.json' }), EXIT.unusable, 'input-unusable'],
  [Object.assign(new Error('no'), { code: 'ENOSPC' }), EXIT.unavailable, 'full'],
  [Object.assign(new Error('no'), { code: 'ECONNREFUSED' }), EXIT.unavailable, 'unavailable'],
])('%s ends with its exit code and stable code', (error, exit, code) => {
  expect(failureOf(error)).toMatchObject({ exit, code, message: expect.stringMatching(/^.+[.!?:)]$/) });
});

test('a path at the beginning of a sentence keeps its letters', () => {
  expect(failureOf(new NodeError('backup-damaged', 'ledger/ledger.db is missing')).message).toBe(
    'ledger/ledger.db is missing.',
  );
});
