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
      return finality.alone(id, async () => {
        const state = await ownState(services, id);
        await requireVersion(services, id, expectedVersion);
        if (ENDED.includes(consent.status)) {
          if (state?.status === 'active') await revoke(services, state, actor);
          return { version: await storeConsentVersion(services, id, text, actor) };
        }
        return record(services, { id, text, actor }, consent, state);
      });
    },

    async remove({ id, actor }) {
      return finality.alone(id, async () => {
        const state = CONSENT_ID.test(id) ? await ownState(services, id) : undefined;
        if (state?.status === 'active') await revoke(services, state, actor);
        return { version: await deleteConsentVersion({ vault, now: services.now }, id, actor) };
      });
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
  const { register, finality, vault, now } = services;
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
  const event = await register.records.seal(content, actor, now().toISOString());
  const sequence = (state?.sequence ?? 0) + 1;
  const common = { id, statement, sequence };
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
  return { version: (await vault.head('Consent', id))?.version ?? 0 };
}

/** An update or deletion through FHIR states no reason: it stands for the patient's request to the custodian. */
async function revoke(
  { finality }: ConsentServices,
  { id, sequence }: ConsentState,
  actor: string,
): Promise<void> {
  const next = sequence + 1;
  const args = { id, sequence: next, reason: 'written-request' };
  await finished(finality.settle({ id, sequence: next, name: 'revoke', args, actor }));
}

/** FHIR has no answer for "pending": the client is told to come back, the step goes on. */
async function finished(settled: ReturnType<ConsentServices['finality']['settle']>): Promise<void> {
  if ((await settled) === undefined)
    throw new LedgerError(
      'unknown-outcome',
      'the ledger has not finished; the step is submitted until it has',
    );
}
