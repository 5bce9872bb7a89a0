import { randomBytes } from '../crypto/index.ts';
import { LedgerError } from '../ledger/index.ts';
import { consentCommitment, type JsonObject, parseJsonKeepingDigits, toBase64 } from '../proof/index.ts';
import { compartments, parseResource } from '../r4/index.ts';
import { checkConsent } from './check-consent.ts';
import type { ConsentServices } from './consent-services.ts';
import { consentOnLedger, requireNotRevoking } from './consent-step.ts';
import type { ConsentState } from './contract-state.ts';
import { ConsentError } from './errors.ts';
import { deleteConsentVersion, storeConsentVersion } from './finish-step.ts';
import type { Step } from './step-store.ts';

const CONSENT_ID = /^[0-9a-f]{32}$/;
/** Bytes of a commitment's salt. */
const SALT_BYTES = 32; // as long as the commitment itself
/** A Consent with one of these was withdrawn or never held: what it permitted ends. */
const ENDED: readonly unknown[] = ['inactive', 'rejected', 'entered-in-error'];

/** What FHIR's create and update of a Consent hand over. */
export interface RecordedConsent {
  readonly id: string;
  /** Canonical JSON of the resource. */
  readonly text: string;
  /** Opaque id of who asks. */
  readonly actor: string;
  /** The version that must be the newest. */
  readonly expectedVersion?: number;
}

/** Creating, updating and deleting a Consent through FHIR: the custodian-recorded path, ledger first (DESIGN §6). */
export interface FhirConsentPath {
  /**
   * Records a Consent, or a changed one; an inactive one revokes. Resolves with the version when the ledger has it and it is
   * durable. Throws ConsentError, or LedgerError `unknown-outcome` when the ledger has not finished: it then follows.
   */
  put(consent: RecordedConsent): Promise<{ version: number }>;
  /** Revokes on the ledger, then deletes. An inert one is just deleted. */
  remove(consent: Pick<RecordedConsent, 'id' | 'actor'>): Promise<{ version: number }>;
}

/** The custodian-recorded path over the consents of one organisation. What a patient signed it never touches. */
export function fhirConsentPath(services: ConsentServices): FhirConsentPath {
  const { finality, vault } = services;
  return {
    async put({ id, text, actor, expectedVersion }) {
      if (!CONSENT_ID.test(id))
        throw new ConsentError('consent-id', 'The id of a Consent is 32 lower-case hexadecimal digits.');
      const consent = parseJsonKeepingDigits(text) as JsonObject;
      const checked = async () => {
        const state = await ownState(services, id);
        await requireVersion(services, id, expectedVersion);
        return state;
      };
      if (ENDED.includes(consent.status))
        return end(services, { id, actor }, checked, () => storeConsentVersion(services, id, text, actor));
      return finality.alone(id, async () => record(services, { id, text, actor }, consent, await checked()));
    },

    async remove({ id, actor }) {
      const checked = async () => (CONSENT_ID.test(id) ? ownState(services, id) : undefined);
      return end(services, { id, actor }, checked, () =>
        deleteConsentVersion({ vault, now: services.now }, id, actor),
      );
    },
  };
}

/** The consent's state, when it is this custodian's own record; undefined when the ledger has none. */
async function ownState(services: ConsentServices, id: string): Promise<ConsentState | undefined> {
  requireNotRevoking(services, id);
  const state = (await consentOnLedger(services, id))?.state;
  if (state !== undefined && state.custodian !== services.organisation)
    throw new ConsentError('not-custodian', 'This consent is with another custodian.');
  if (state?.subjectKey !== undefined)
    throw new ConsentError(
      'consent-patient-signed',
      'A patient signed this consent: only their signature changes it; staff may revoke it with a reason.',
    );
  return state;
}

async function requireVersion(
  { vault }: ConsentServices,
  id: string,
  expected: number | undefined,
): Promise<void> {
  if (expected !== undefined && (await vault.head('Consent', id))?.version !== expected)
    throw new ConsentError('sequence-conflict', 'Somebody else changed this Consent first; read it again.');
}

async function record(
  services: ConsentServices,
  { id, text, actor }: RecordedConsent,
  consent: JsonObject,
  state: ConsentState | undefined,
): Promise<{ version: number }> {
  const { register, finality, grants, vault, now } = services;
  if (state?.status === 'revoked')
    throw new ConsentError('consent-revoked', 'The consent was revoked; record a new one under a new id.');
  const [patient = ''] = compartments(parseResource(text).resource).patients;
  await checkConsent(services, consent, id, patient);
  const salt = randomBytes(SALT_BYTES);
  const statement = toBase64(consentCommitment(salt, consent));
  const content = {
    role: 'custodian',
    id,
    patient,
    salt: toBase64(salt),
    statement,
    consent,
    links: [],
  } as const;
  const sequence = (state?.sequence ?? 0) + 1;
  const common = { id, statement, sequence };
  await grants.within({ patient, id, sequence, actor, consent }, async () => {
    const event = await register.records.seal(content, actor, now().toISOString());
    await finished(
      finality.settle({
        id,
        sequence,
        name: state === undefined ? 'grant' : 'replace',
        args: state === undefined ? { ...common, recordedBy: 'custodian' } : common,
        event,
        actor,
      }),
    );
  });
  return { version: (await vault.head('Consent', id))?.version ?? 0 };
}

/**
 * Revokes, if it is active, and then writes the version that says so. The revocation counts at once and waits for no turn: a replacement that
 * the ledger does not finish must not keep what the patient has ended. `checked` says where the consent stands, or refuses.
 */
async function end(
  services: ConsentServices,
  { id, actor }: Pick<RecordedConsent, 'id' | 'actor'>,
  checked: () => Promise<ConsentState | undefined>,
  write: () => Promise<number>,
): Promise<{ version: number }> {
  const { finality } = services;
  const state = await checked();
  if (state?.status === 'active') {
    await revoke(services, state, actor);
    return finality.alone(id, async () => ({ version: await write() }));
  }
  return finality.alone(id, async () => {
    // A grant that was being accepted has its turn first; then it can be revoked.
    const after = await checked();
    if (after?.status === 'active') await finished(finality.settle(revocation(services, after, actor)));
    return { version: await write() };
  });
}

/** Resolves when the ledger has the revocation. It denies from the moment this is called. Throws ConsentError as {@link finished} does. */
async function revoke(services: ConsentServices, state: ConsentState, actor: string): Promise<void> {
  const sinceMs = performance.now();
  const settled = services.finality.revoke(revocation(services, state, actor));
  services.withdrawals?.took({ seconds: (performance.now() - sinceMs) / 1000, from: 'request' });
  await finished(settled);
}

/**
 * An update or deletion through FHIR states no reason: it stands for the patient's request to the custodian. It names no sequence either: it
 * comes after whatever is on its way to the ledger.
 */
function revocation({ register }: ConsentServices, { id, sequence }: ConsentState, actor: string): Step {
  const last = Math.max(sequence, ...register.steps.of(id).map((step) => step.sequence));
  const args = { id, sequence: last + 1, reason: 'written-request' };
  return { id, sequence: last + 1, name: 'revoke', args, actor };
}

/** FHIR has no answer for "pending": the client is told to come back, the step goes on. */
async function finished(settled: ReturnType<ConsentServices['finality']['settle']>): Promise<void> {
  if ((await settled) === undefined)
    throw new LedgerError(
      'unknown-outcome',
      'the ledger has not finished; the step is submitted until it has',
    );
}
