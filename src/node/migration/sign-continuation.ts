import { type Continuation, continuationMessage, type SignedContinuation } from '../../ledger/index.ts';
import { toBase64 } from '../../proof/index.ts';
import type { Configuration } from '../configuration.ts';
import { existingKeyring } from '../operations/organisation-keyring.ts';
import { organisationPaths } from '../organisation/folder.ts';
import { memberKey, signWith } from '../organisation/member-keys.ts';

/** Has every organisation of a data folder sign a continuation with its `transaction` key. Throws NodeError `passphrase-wrong`. */
export function signContinuation(
  { data, organisations }: Configuration,
  statement: Continuation,
  passphrase: string,
): SignedContinuation {
  const message = continuationMessage(statement);
  const signatures = organisations.map(({ id }) => {
    const keyring = existingKeyring(organisationPaths(data, id), id, passphrase);
    return { organisation: id, signature: toBase64(signWith(memberKey(keyring, 'transaction'))(message)) };
  });
  return { statement, signatures };
}
