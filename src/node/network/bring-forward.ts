import { setTimeout as pause } from 'node:timers/promises';
import type { ConsentRegister } from '../../consent/index.ts';
import {
  type Block,
  LedgerError,
  leavesOverHttp,
  takeEarlierLeaves,
  type Write,
} from '../../ledger/index.ts';
import type { NodeLog } from '../node-log.ts';
import type { OrganisationCore } from '../organisation/core.ts';
import type { LedgerBeginning } from './ledger-engine.ts';

/** After a reboot the nodes of the other members come up in any order. */
const MEMBERS_WAIT_MS = 300_000; // as the own peer is waited for; then the supervisor starts the node anew
/** Pause between two rounds of asking. */
const ROUND_MS = 1_000; // a round asks every member

/** What bringing a node forward needs. */
export interface BringForward {
  readonly core: OrganisationCore;
  readonly register: Pick<ConsentRegister, 'apply'>;
  readonly ledgerId: string;
  readonly beginning: LedgerBeginning;
  readonly nodeLog: NodeLog;
  readonly onProgress: (what: string) => void;
}

/**
 * Brings a node to where its own peer's blocks begin, when that is later than it has seen: the leaves of the ledger log come from the other
 * members under a checkpoint that a quorum signed, the consents from the peer's state. The peer's first block must then follow the last of
 * those leaves, so that a peer that was given another history is noticed. Nothing is done to a node that has seen as much. Throws
 * LedgerError `unavailable` `leaves` when the members cannot be reached in time.
 */
export async function bringForward(parts: BringForward): Promise<void> {
  const { core, register, beginning } = parts;
  const last = beginning.height - 1;
  if (core.ledgerLog.size <= last) await takeLeaves(parts);
  if ((core.projection.head()?.height ?? -1) >= last) return;
  const block = core.ledgerLog.blockAt(last);
  if (block === undefined) throw new Error('the ledger log holds the leaves that it took');
  await register.apply(await stateBlock(beginning, last, block));
  core.view.reachedHeight(last);
  core.projection.skipTo({ height: last, block });
}

async function takeLeaves({ core, ledgerId, beginning, nodeLog, onProgress }: BringForward): Promise<void> {
  const endMs = performance.now() + MEMBERS_WAIT_MS;
  for (;;) {
    onProgress('taking the first leaves of the ledger log from other members');
    const others = core.view
      .members()
      .filter(({ organisation, status }) => organisation !== core.id && status === 'active');
    try {
      return await takeEarlierLeaves({
        log: core.ledgerLog,
        ledger: ledgerId,
        policy: core.view.networkPolicy() ?? '',
        size: beginning.height,
        sources: others.map(({ organisation, address }) =>
          leavesOverHttp(`${address.url}/orgs/${organisation}`),
        ),
        onRefused: (source, why) => nodeLog.warn('leaves of the ledger log not taken', { source, why }),
      });
    } catch (error) {
      if (!(error instanceof LedgerError) || performance.now() > endMs) throw error;
    }
    await pause(ROUND_MS);
  }
}

/** The consents that blocks before the first one made, as one block of writes. */
async function stateBlock(beginning: LedgerBeginning, height: number, hash: string): Promise<Block> {
  const writes: Write[] = [];
  for await (const write of beginning.state()) if (write.contract === 'consent') writes.push(write);
  const time = new Date().toISOString();
  const transaction = {
    ...{ id: hash, contract: 'consent', name: 'state', args: {}, time, valid: true, digest: hash, writes },
    ...{ submitter: { organisation: '', role: 'node' as const }, events: [] },
  };
  return { height: BigInt(height), hash, previous: hash, time, transactions: [transaction] };
}
