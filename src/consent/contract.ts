import {
  type Context,
  commitment,
  count,
  defineContract,
  id,
  key,
  MAX_RANGE,
  oneOf,
  optional,
  organisation,
  query,
  reject,
  signature,
  transaction,
} from '../ledger/kit/index.ts';
import { consentMessage, verifyStatement } from '../proof/index.ts';
import { rebindTransactions } from './contract-rebind.ts';
import {
  type ConsentState,
  consentBefore,
  consentKey,
  custodianKey,
  proposalKey,
  REVOCATION_REASONS,
  type RebindProposal,
} from './contract-state.ts';

const byConsent = {
  object: (args: { readonly id: string }) => args.id,
  sequence: (args: { readonly sequence: number }) => args.sequence,
};

/** First step of a consent, by its custodian's node. The patient's key signs; only a custodian's own record has no key. */
const grant = transaction({
  args: {
    id: id(),
    subjectKey: optional(key()),
    statement: commitment(),
    sequence: count(),
    recordedBy: oneOf('patient', 'custodian-held-key', 'custodian'),
    signature: optional(signature()),
  },
  roles: ['node'],
  ...byConsent,
  apply(context, args) {
    const { id, subjectKey, statement, sequence, recordedBy } = args;
    if (context.get(consentKey(id)) !== undefined)
      reject('exists', 'there is a consent with this id; replace it');
    if (sequence !== 1) reject('malformed', 'a consent begins with sequence 1');
    const custodian = context.organisation;
    requireGrantSignature(
      context,
      { ...args, custodian },
      recordedBy === 'custodian' ? undefined : subjectKey,
    );
    if (recordedBy === 'custodian' && subjectKey !== undefined) {
      reject('malformed', 'a key of the patient signs for itself; without a signature no key is recorded');
    }
    const state: ConsentState = {
      v: 1,
      id,
      custodian,
      ...(subjectKey === undefined ? {} : { subjectKey }),
      statement,
      sequence,
      status: 'active',
      recordedBy,
      time: context.time,
    };
    context.put(consentKey(id), state);
    context.put(custodianKey(custodian, id), { v: 1 });
    context.emit('granted', { id, custodian, sequence });
  },
});

/** Another Consent under the same id, by the custodian's node, signed by the same key. */
const replace = transaction({
  args: { id: id(), statement: commitment(), sequence: count(), signature: optional(signature()) },
  roles: ['node'],
  ...byConsent,
  apply(context, args) {
    const { id, statement, sequence } = args;
    const state = consentBefore(context, id, sequence);
    requireCustodian(context, state);
    requireGrantSignature(context, { ...args, custodian: state.custodian }, state.subjectKey);
    context.put(consentKey(id), { ...state, statement, sequence, time: context.time });
    context.emit('replaced', { id, custodian: state.custodian, sequence });
  },
});

/** Ends a consent: signed by its key through any member, or by the custodian with a reason. Nothing follows it. */
const revoke = transaction({
  args: {
    id: id(),
    sequence: count(),
    signature: optional(signature()),
    reason: optional(oneOf(...REVOCATION_REASONS)),
  },
  roles: ['node'],
  ...byConsent,
  apply(context, { id, sequence, signature, reason }) {
    const state = consentBefore(context, id, sequence);
    const { custodian, subjectKey } = state;
    if ((signature === undefined) === (reason === undefined)) {
      reject('malformed', "a revocation carries either the patient's signature or the custodian's reason");
    }
    if (signature === undefined) requireCustodian(context, state);
    else {
      const message = consentMessage({ action: 'revoke', custodian, id, ledger: context.ledger, sequence });
      requireSignature(context, message, subjectKey, signature);
    }
    context.put(consentKey(id), {
      ...state,
      sequence,
      status: 'revoked',
      ...(reason === undefined ? {} : { reason, recordedBy: 'custodian' }),
      time: context.time,
    });
    context.emit('revoked', { id, custodian, sequence });
  },
});

interface Grant {
  readonly id: string;
  readonly custodian: string;
  readonly sequence: number;
  readonly statement: string;
  readonly signature?: string;
}

/** With a key, its signature over the grant; without one, no signature may pretend to be there. */
function requireGrantSignature(context: Context, grant: Grant, subjectKey: string | undefined): void {
  const { id, custodian, sequence, statement, signature } = grant;
  if (subjectKey === undefined) {
    if (signature !== undefined) reject('malformed', 'this consent has no key that could sign');
    return;
  }
  const message = consentMessage({
    action: 'grant',
    custodian,
    id,
    ledger: context.ledger,
    sequence,
    statement,
  });
  requireSignature(context, message, subjectKey, signature);
}

function requireSignature(
  context: Context,
  message: Uint8Array,
  subjectKey: string | undefined,
  signature: string | undefined,
): void {
  const isSigned =
    subjectKey !== undefined &&
    signature !== undefined &&
    verifyStatement(message, subjectKey, signature, context.primitives);
  if (!isSigned) reject('signature', "the signature by the consent's key does not verify");
}

function requireCustodian(context: Context, state: ConsentState): void {
  if (context.organisation !== state.custodian) reject('not-custodian', 'only the custodian may do this');
}

/**
 * Consents as commitments: who holds the records, by which key the patient speaks, what is in force (DESIGN §6).
 * Queries: `get` gives `{ state, proposal? }` or null; `byCustodian` up to 1,000 states in the order of their ids.
 */
export const consentContract = defineContract({
  name: 'consent',
  version: 1,
  transactions: { grant, replace, revoke, ...rebindTransactions },
  queries: {
    get: query({
      args: { id: id() },
      run(context, { id }) {
        const state = context.get<ConsentState>(consentKey(id));
        const proposal = context.get<RebindProposal>(proposalKey(id));
        return state === undefined ? null : { state, ...(proposal === undefined ? {} : { proposal }) };
      },
    }),
    byCustodian: query({
      args: { custodian: organisation(), after: optional(id()), limit: optional(count(MAX_RANGE)) },
      run(context, { custodian, after, limit }) {
        const prefix = custodianKey(custodian, '');
        const options = {
          ...(after === undefined ? {} : { after: prefix + after }),
          ...(limit === undefined || limit === 0 ? {} : { limit }),
        };
        return context
          .range(prefix, options)
          .map((entry) => context.get<ConsentState>(consentKey(entry.key.slice(prefix.length))));
      },
    }),
  },
});
