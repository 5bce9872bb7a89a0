import {
  type Address,
  address,
  type Context,
  id,
  type KeyUse,
  key,
  list,
  type MemberKey,
  type MemberState,
  memberKey,
  object,
  oneOf,
  organisation,
  reject,
  signature,
} from '../../ledger/kit/index.ts';
import { canonicalBytes, fromBase64, parseLogOrigin, toHex, verifyEd25519 } from '../../proof/index.ts';

/** Keys of one member, retired ones included: sixty rotations of a full set. */
export const MAX_KEYS = 256;
/** Keys that a member brings: every use with a spare. */
const MAX_FIRST_KEYS = 16;
/** What a member must be able to do from its first block on: publish a log, witness, sign blocks, submit. */
const REQUIRED_USES: readonly KeyUse[] = ['log', 'witness', 'ledger', 'transaction'];

/** A key as it is brought: its period begins at the height at which it is accepted. */
export const newKey = object({
  id: id(),
  use: oneOf('log', 'witness', 'ledger', 'exchange-sign', 'exchange-seal', 'transaction'),
  algorithm: oneOf('ed25519', 'x25519'),
  key: key(),
});

/** A key as it is brought. */
export type NewKey = ReturnType<(typeof newKey)['parse']>;

const applicantFields = {
  organisation: organisation(),
  address: address(),
  keys: list(newKey, { min: REQUIRED_USES.length, max: MAX_FIRST_KEYS }),
};

/** An application without its signature, as it is brought. */
export const applicant = object(applicantFields);

/** An organisation that wants to be a member, signed by its own `transaction` key. */
export const application = object({ ...applicantFields, signature: signature() });

/** An application without its signature. */
export interface Applicant {
  readonly organisation: string;
  readonly address: Address;
  readonly keys: readonly NewKey[];
}

/** An organisation that wants to be a member, signed by its own `transaction` key. */
export type Application = ReturnType<(typeof application)['parse']>;

/** The bytes that every founder signs with its `transaction` key: the ledger's id and all founders. */
export function genesisMessage(ledger: string, founders: readonly Applicant[]): Uint8Array {
  return canonicalBytes({ type: 'holdfast/genesis/v1', ledger, founders: founders.map(withoutSignature) });
}

/** The bytes that an organisation signs with its `transaction` key to ask for membership. */
export function joinMessage(ledger: string, applicant: Applicant): Uint8Array {
  return canonicalBytes({ type: 'holdfast/join/v1', ledger, ...withoutSignature(applicant) });
}

function withoutSignature({ organisation, address, keys }: Applicant): Applicant {
  return { organisation, address, keys };
}

/**
 * Makes the applicant a member from this height on. Refuses an id that was ever used, a log origin of someone else, a
 * missing use, a key that is already known, and a signature over `message` that is not by one of its `transaction` keys.
 */
export function admit(context: Context, applicant: Application, message: Uint8Array): void {
  const { organisation, address, keys, signature } = applicant;
  if (context.get(memberKey(organisation)) !== undefined)
    reject('member-exists', 'this organisation id was already used');
  const origin = parseLogOrigin(address.origin);
  if (origin?.organisation !== organisation || origin.generation !== 1) {
    reject('origin', 'the log origin must be the first one of this organisation');
  }
  for (const use of REQUIRED_USES) {
    if (!keys.some((key) => key.use === use))
      reject('key-missing', `the organisation needs a key for ${use}`);
  }
  const signers = keys.filter((key) => key.use === 'transaction');
  const bytes = fromBase64(signature);
  const isSigned = signers.some(({ key }) =>
    verifyEd25519(fromBase64(key), message, bytes, context.primitives),
  );
  if (!isSigned) reject('signature', `${organisation} has not signed this`);
  const member: MemberState = {
    v: 1,
    organisation,
    status: 'active',
    address,
    keys: keys.map((key) => registerKey(context, organisation, key)),
    logs: [{ origin: address.origin }],
  };
  context.put(memberKey(organisation), member);
  context.emit('joined', { organisation });
}

/**
 * Takes a new key into the register and returns it with its period begun. Refuses a key or key id that anybody has or had,
 * since one holder under two names would count twice in a quorum, and an algorithm that does not fit the use.
 */
export function registerKey(context: Context, organisation: string, key: NewKey): MemberKey {
  const { use, algorithm } = key;
  if ((use === 'exchange-seal') !== (algorithm === 'x25519')) {
    reject('algorithm', 'a key for exchange-seal is x25519, every other one ed25519');
  }
  const byId = `key/${key.id}`;
  const byBytes = `public-key/${toHex(fromBase64(key.key))}`;
  if (context.get(byId) !== undefined || context.get(byBytes) !== undefined) {
    reject('key-known', 'the key or its id is already in use; make a new one');
  }
  context.put(byId, { v: 1, organisation, use });
  context.put(byBytes, { v: 1, organisation, id: key.id });
  return { id: key.id, use, algorithm, key: key.key, from: context.height };
}
