import { expect, test } from 'vitest';
import { canonicalize, utf8 } from '../../proof/index.ts';
import { BlockFeed } from './block-feed.ts';
import { Submission, type SubmissionPeer } from './submission.ts';

const wanted = { name: 'submit', text: (height: number) => String(height) };
const before = { height: 41, block: 'b'.repeat(64) };

/** A peer whose chaincode says that this was committed before, as the transaction given. */
function peer(transaction: string, change: Partial<SubmissionPeer>): SubmissionPeer & { asked: number } {
  const asked = { asked: 0 };
  return Object.assign(asked, {
    mspId: 'st-mary',
    endorse: async () => ({
      transactionId: 'f'.repeat(64),
      payload: utf8(canonicalize({ kind: 'duplicate', transaction })),
      order: async () => undefined,
    }),
    find: async () => {
      asked.asked += 1;
      return undefined;
    },
    before: () => undefined,
    ...change,
  });
}
const commit = (of: SubmissionPeer) =>
  new Submission(of, new BlockFeed(() => undefined), new AbortController().signal).commit('node', wanted);

test('what was said before and stands in a block of the peer is where that block is', async () => {
  const place = { height: 50, block: 'c'.repeat(64), valid: true };
  const known = peer('a'.repeat(64), { find: async () => place, before: () => before });
  expect(await commit(known)).toEqual({
    transaction: 'a'.repeat(64),
    height: 50,
    block: place.block,
    duplicate: true,
  });
});

test('what was said before the first block of the peer is told with the block before it, after a moment', async () => {
  const late = peer('a'.repeat(64), { before: () => before });
  expect(await commit(late)).toEqual({ transaction: 'a'.repeat(64), ...before, duplicate: true });
  expect(late.asked).toBeGreaterThan(2);
});

test('a peer with every block that does not find it is asked again and never believed', async () => {
  await expect(commit(peer('a'.repeat(64), {}))).rejects.toMatchObject({ reason: 'contended' });
}, 30_000);
