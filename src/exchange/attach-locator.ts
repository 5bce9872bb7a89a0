import { auditOf, type Context, draft, type FhirServices, parsed } from '../fhir/index.ts';
import { canonicalize, type JsonObject, parseJsonKeepingDigits } from '../proof/index.ts';
import type { AuditWrite, Change, Reader } from '../vault/index.ts';
import type { ConsentDirectory } from './consent-directory.ts';
import { ExchangeError } from './errors.ts';
import type { Locator } from './locator.ts';

/** The same person at another organisation (FORMATS §5). */
export function identifierSystem(organisation: string): string {
  return `urn:holdfast:patient:${organisation}`;
}

/** The text of a Patient with one more identifier, digits kept; undefined when it has it already. */
function identified(text: string, system: string, value: string): string | undefined {
  const resource = parseJsonKeepingDigits(text) as JsonObject;
  const known = (Array.isArray(resource.identifier) ? resource.identifier : []) as JsonObject[];
  if (known.some((each) => each.system === system && each.value === value)) return undefined;
  return canonicalize({ ...resource, identifier: [...known, { system, value }] });
}

/** Where a locator is attached. */
export interface Attachment {
  readonly services: FhirServices;
  readonly consents: ConsentDirectory;
  /** The request that brings it about; gets the AuditEvent. */
  readonly context: Context;
}

/** The next version of the Patient, with the handle among its identifiers; nothing when it has it or is not there any more. */
function nextVersion(
  { context }: Attachment,
  { custodian, handle }: Pick<Locator, 'custodian' | 'handle'>,
  patient: string,
  read: Reader,
): Pick<Change, 'versions'> {
  const current = read.read('Patient', patient);
  const text =
    current?.text === undefined ? undefined : identified(current.text, identifierSystem(custodian), handle);
  if (current === undefined || text === undefined) return {};
  const time = context.time.toISOString();
  const version = draft(parsed(text), patient, time, context.principal.id, context.services.policy.labels).at(
    current.version + 1,
  );
  context.trail.objects.add(`Patient/${patient}/_history/${version.version}`);
  return { versions: [version] };
}

/**
 * Attaches a locator to a patient of this organisation, or keeps it unmatched when there is none. The Patient gets the handle as an
 * identifier in the same commit as the request's AuditEvent; repeating it all changes nothing more, so that a crash in between is mended
 * by the next delivery. Resolves to the patient it is attached to. Throws ExchangeError `already-attached` when that is another.
 */
export async function attachLocator(
  attachment: Attachment,
  locator: Omit<Locator, 'type'>,
  wanted: string | undefined,
): Promise<string | undefined> {
  const { services, consents, context } = attachment;
  const patient = await consents.attach(locator, wanted);
  if (wanted !== undefined && patient !== wanted)
    throw new ExchangeError('already-attached', 'The locator belongs to another patient here.');
  context.trail.consents.add(locator.id);
  if (patient !== undefined) context.trail.patients.add(patient);
  const audits = (): AuditWrite[] => [auditOf(services, context.trail, context.time, 200)];
  if (patient === undefined) await services.vault.commit({ audits: audits() });
  else
    await services.vault.transact([`Patient/${patient}`], (read) => {
      const change = nextVersion(attachment, locator, patient, read);
      return { change: { ...change, audits: audits() }, result: undefined };
    });
  context.trail.committed = true;
  return patient;
}
