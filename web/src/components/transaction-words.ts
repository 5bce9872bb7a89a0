import type { LedgerTransaction } from '../api/logs.ts';

const CONSENT_WORDS: Record<string, string> = {
  grant: 'recorded a consent',
  replace: 'recorded the replacement of a consent',
  revoke: 'recorded that a consent was taken back',
  rebind: 'recorded a new key for a consent',
};
const MEMBERSHIP_WORDS: Record<string, string> = {
  heartbeat: 'showed that it is there',
  genesis: 'founded the network',
  propose: 'proposed a change of the network',
  approve: 'approved a change of the network',
  retireKey: 'retired a key of its own',
  close: 'closed the ledger',
};

/** What a transaction did, as the end of a sentence that begins with who did it. */
export function transactionWords({
  contract,
  name,
  args,
}: Pick<LedgerTransaction, 'contract' | 'name' | 'args'>): string {
  if (contract === 'anchors' && name === 'append')
    return `anchored its log at ${Number(args.size).toLocaleString()} entries`;
  if (contract === 'anchors') return 'recorded that a key was destroyed';
  if (contract === 'consent') return CONSENT_WORDS[name] ?? `recorded a consent: ${name}`;
  return (contract === 'membership' ? MEMBERSHIP_WORDS[name] : undefined) ?? `${contract}: ${name}`;
}
