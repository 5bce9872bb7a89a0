import {
  type Context,
  count,
  id,
  key,
  oneOf,
  optional,
  reject,
  signature,
  transaction,
} from '../ledger/kit/index.ts';
import { consentMessage, verifyStatement } from '../proof/index.ts';
import { latestQuorumTime, provenTime } from './anchor-time.ts';
import {
  type ConsentState,
  consentBefore,
  consentKey,
  proposalKey,
  type RebindProposal,
  urlSafe,
  vetoKey,
} from './contract-state.ts';

/** How long a lost key's owner can object: three days reach over a weekend (DESIGN §6). */
export const VETO_SECONDS = 72 * 60 * 60;

const holder = oneOf('patient', 'custodian-held-key');

const byConsent = {
  object: (args: { readonly id: string }) => args.id,
  sequence: (args: { readonly sequence: number }) => args.sequence,
};

/** The old key names its successor: at once, through any member. */
const rebind = transaction({
  args: { id: id(), sequence: count(), newKey: key(), signature: signature(), recordedBy: optional(holder) },
  roles: ['node'],
  ...byConsent,
  apply(context, { id, sequence, newKey, signature, recordedBy }) {
    const state = consentBefore(context, id, sequence);
    requireOldKey(context, state, { action: 'rebind', sequence, newKey, signature });
    bind(context, state, { sequence, newKey, recordedBy: recordedBy ?? 'patient' });
  },
});

/** The custodian asks for a new key in place of a lost one. The consent itself does not change, so no patient's step waits for it. */
const proposeRebind = transaction({
  args: { id: id(), sequence: count(), newKey: key(), recordedBy: optional(holder) },
  roles: ['node'],
  object: ({ id, sequence, newKey }) => `proposal/${id}/${sequence}/${urlSafe(newKey)}`,
  apply(context, { id, sequence, newKey, recordedBy }) {
    const state = consentBefore(context, id, sequence);
    requireCustodianOfKey(context, state);
    if (newKey === state.subjectKey) reject('malformed', 'this is the key that the consent has');
    if (context.get(vetoKey(id, newKey)) !== undefined)
      reject('vetoed', 'the old key vetoed this one; propose another');
    const proposal: RebindProposal = {
      v: 1,
      newKey,
      sequence,
      recordedBy: recordedBy ?? 'patient',
      sinceSeconds: latestQuorumTime(context, context.organisation),
    };
    context.put(proposalKey(id), proposal);
    context.emit('rebind-proposed', { id, custodian: state.custodian, sequence });
  },
});

/** The old key objects: the proposal is void, and the key it named can never be proposed again for this consent. */
const veto = transaction({
  args: { id: id(), sequence: count(), newKey: key(), signature: signature() },
  roles: ['node'],
  object: ({ id, sequence, newKey }) => `veto/${id}/${sequence}/${urlSafe(newKey)}`,
  apply(context, { id, sequence, newKey, signature }) {
    const state = consentBefore(context, id, sequence);
    const proposal = proposed(context, { id, sequence, newKey });
    requireOldKey(context, state, { action: 'veto', sequence, newKey, signature });
    context.put(proposalKey(id), { ...proposal, vetoed: true });
    context.put(vetoKey(id, newKey), { v: 1 });
    context.emit('rebind-vetoed', { id, custodian: state.custodian, sequence });
  },
});

/** The custodian takes the new key into use, 72 h after the proposal by times that witnesses signed. */
const completeRebind = transaction({
  args: { id: id(), sequence: count(), newKey: key() },
  roles: ['node'],
  ...byConsent,
  apply(context, { id, sequence, newKey }) {
    const state = consentBefore(context, id, sequence);
    requireCustodianOfKey(context, state);
    const { sinceSeconds, recordedBy } = proposed(context, { id, sequence, newKey });
    if (provenTime(context, context.organisation) - sinceSeconds < VETO_SECONDS) {
      reject(
        'too-early',
        'the old key can still veto: 72 hours must lie between the anchors at proposal and completion',
      );
    }
    bind(context, state, { sequence, newKey, recordedBy });
  },
});

/** The transactions by which a consent passes from one key to another. */
export const rebindTransactions = { rebind, proposeRebind, veto, completeRebind };

interface Binding {
  readonly sequence: number;
  readonly newKey: string;
  readonly recordedBy: 'patient' | 'custodian-held-key';
}

function bind(context: Context, state: ConsentState, { sequence, newKey, recordedBy }: Binding): void {
  if (newKey === state.subjectKey) reject('malformed', 'this is the key that the consent has');
  context.put(consentKey(state.id), {
    ...state,
    subjectKey: newKey,
    sequence,
    recordedBy,
    time: context.time,
  });
  context.emit('rebound', { id: state.id, custodian: state.custodian, sequence });
}

function requireOldKey(
  context: Context,
  { id, custodian, subjectKey }: ConsentState,
  step: { action: 'rebind' | 'veto'; sequence: number; newKey: string; signature: string },
): void {
  const { action, sequence, newKey, signature } = step;
  const message = consentMessage({ action, custodian, id, ledger: context.ledger, sequence, newKey });
  if (subjectKey === undefined || !verifyStatement(message, subjectKey, signature, context.primitives)) {
    reject('signature', "the signature by the consent's key does not verify");
  }
}

function requireCustodianOfKey(context: Context, { custodian, subjectKey }: ConsentState): void {
  if (context.organisation !== custodian) reject('not-custodian', 'only the custodian may do this');
  if (subjectKey === undefined)
    reject('no-key', 'the custodian recorded this consent without a key; replace or revoke it');
}

function proposed(
  context: Context,
  { id, sequence, newKey }: { id: string; sequence: number; newKey: string },
): RebindProposal {
  const proposal = context.get<RebindProposal>(proposalKey(id));
  if (proposal?.vetoed === true && proposal.newKey === newKey)
    reject('vetoed', 'the old key vetoed this one');
  if (proposal === undefined || proposal.newKey !== newKey || proposal.sequence !== sequence) {
    reject('no-proposal', 'this key is not proposed for the next step of the consent');
  }
  return proposal;
}
