import {
  type Context,
  type MemberState,
  POLICY_HEAD_KEY,
  type PolicyHeadState,
  type PolicyState,
  policyKey,
  reject,
} from '../../ledger/kit/index.ts';
import {
  canonicalize,
  ED25519_COSIGNATURE,
  ED25519_NOTE,
  formatVerifierKey,
  fromBase64,
  ledgerKeyName,
  type PolicyMember,
  parseLogOrigin,
  witnessName,
} from '../../proof/index.ts';
import { policyHash, policyTexts } from '../policy-texts.ts';
import { activeMembers, currentKey } from './member-keys.ts';
import { electWitnesses } from './witness-election.ts';

/**
 * Makes a new policy version when what it would say has changed; older versions stay. A member without an active key for
 * log, witness and ledger, which happens when it retires one at once, is left out until it has a new one. Refuses to leave
 * nobody.
 */
export function renewPolicy(context: Context, ledger: string): void {
  const members = activeMembers(context).flatMap((member) => listed(context, ledger, member) ?? []);
  if (members.length === 0)
    reject('last-key', 'no member would be left that can publish, witness and sign blocks');
  const elected = electWitnesses(
    ledger,
    members.map(({ organisation }) => organisation),
  );
  const head = context.get<PolicyHeadState>(POLICY_HEAD_KEY);
  const newest = head && context.get<PolicyState>(policyKey(head.version));
  const content = { members, ...(elected === undefined ? {} : { elected }) };
  if (newest !== undefined && canonicalize(content) === canonicalize(contentOf(newest))) return;
  const version = (head?.version ?? 0) + 1;
  const draft: PolicyState = { v: 1, version, height: context.height, networkHash: '', logs: {}, ...content };
  const texts = policyTexts(ledger, draft);
  const hashes = Object.entries(texts.logs).map(
    ([organisation, text]) => [organisation, policyHash(text)] as const,
  );
  context.put(policyKey(version), {
    ...draft,
    networkHash: policyHash(texts.network),
    logs: Object.fromEntries(hashes),
  });
  context.put(POLICY_HEAD_KEY, { v: 1, version });
  context.emit('policy', { version });
}

function contentOf({ members, elected }: PolicyState) {
  return { members, ...(elected === undefined ? {} : { elected }) };
}

function listed(context: Context, ledger: string, member: MemberState): PolicyMember | undefined {
  const { organisation, logs } = member;
  const origin = logs.at(-1)?.origin;
  const host = parseLogOrigin(member.address.origin)?.host;
  const log = currentKey(member, 'log', context.height);
  const witness = currentKey(member, 'witness', context.height);
  const block = currentKey(member, 'ledger', context.height);
  if (!origin || !host || !log || !witness || !block) return undefined;
  const cosigner = (name: string, key: string) =>
    formatVerifierKey({ name, type: ED25519_COSIGNATURE, publicKey: fromBase64(key) });
  return {
    organisation,
    log: formatVerifierKey({ name: origin, type: ED25519_NOTE, publicKey: fromBase64(log.key) }),
    witness: cosigner(witnessName(host, organisation), witness.key),
    ledger: cosigner(ledgerKeyName(ledger, organisation), block.key),
  };
}

/** Marks older policy versions withdrawn: a key in them was compromised. Refuses the newest, which is in force, and unknown ones. */
export function withdrawPolicies(context: Context, versions: readonly number[]): void {
  const head = context.get<PolicyHeadState>(POLICY_HEAD_KEY);
  for (const version of versions) {
    const policy = context.get<PolicyState>(policyKey(version));
    if (policy === undefined) reject('policy-unknown', 'there is no such policy version');
    if (version === head?.version)
      reject('policy-in-force', 'replace the key first, then withdraw the version that listed it');
    context.put(policyKey(version), { ...policy, withdrawn: true });
    context.emit('policy-withdrawn', { version });
  }
}
