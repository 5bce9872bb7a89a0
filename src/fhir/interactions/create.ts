import { randomId } from '../../crypto/index.ts';
import { mayWrite, reachOf } from '../access.ts';
import { type Answer, type Context, etagOf } from '../context.ts';
import { FhirError } from '../errors.ts';
import { aspects, type Prepared, prepare, versionOf } from '../prepared.ts';
import { matchOne } from '../search/match-one.ts';
import { refuseProtected, writeAnswer } from '../write-answer.ts';
import { performWrite, resourceLock, type WritePlan } from '../write-plan.ts';
import { writeImported } from './import-resource.ts';

/** The plan of a create under an id that the server chose. */
export function planCreate(context: Context, prepared: Prepared, id: string): WritePlan {
  refuseProtected(context, prepared.type);
  const reach = reachOf(context.principal, prepared.type, 'c');
  return {
    locks: [resourceLock(prepared.type, id)],
    build: () => {
      const version = versionOf(prepared, id, 1, context.time.toISOString(), context.principal.id);
      mayWrite(context, reach, version.facts, version.patients);
      return { version, answer: writeAnswer(context, 201, version) };
    },
  };
}

/** FHIR R4 §http-create, conditional with If-None-Exist (§ccreate): one match answers 200, several 412. */
export async function create(context: Context, type: string, body: string): Promise<Answer> {
  context.trail.action = 'C';
  context.trail.subtype = 'create';
  refuseProtected(context, type);
  const reach = reachOf(context.principal, type, 'c');
  const prepared = prepare(body, type);
  if (type === 'Consent' && !context.importing) return createConsent(context, prepared);
  const criteria = context.headers.ifNoneExist;
  const write = () =>
    context.importing
      ? writeImported(context, prepared)
      : performWrite(context, planCreate(context, prepared, randomId()));
  if (criteria === undefined) return write();
  const early = aspects(prepared, 'new');
  mayWrite(
    context,
    reach,
    early.facts,
    early.patients.filter((patient) => patient !== 'new'),
  );
  return context.services.conditions.exclusively(`${type}?${criteria}`, async () => {
    const match = await matchOne(context, type, criteria);
    if (match === undefined) return write();
    return {
      status: 200,
      headers: {
        etag: etagOf(match.version),
        location: `${context.services.baseUrl}/${type}/${match.id}/_history/${match.version}`,
      },
    };
  });
}

/** The custodian-recorded path; a create cannot choose 32 hexadecimal digits, so the id is the server's. */
async function createConsent(context: Context, prepared: Prepared): Promise<Answer> {
  const id = randomId();
  const { facts, patients } = aspects(prepared, id);
  mayWrite(context, reachOf(context.principal, 'Consent', 'c'), facts, patients);
  await context.services.consentPath.put({ id, text: prepared.text, actor: context.principal.id });
  const stored = await context.services.vault.read('Consent', id);
  if (stored?.text === undefined)
    throw new FhirError('ledger-unavailable', 'The ledger has not finished this yet.');
  context.trail.objects.add(`Consent/${id}/_history/${stored.version}`);
  return writeAnswer(context, 201, { ...stored, text: stored.text });
}
