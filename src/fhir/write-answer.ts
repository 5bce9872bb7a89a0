import { decidableFacts } from '../consent/index.ts';
import type { StoredVersion } from '../vault/index.ts';
import { type Answer, type Context, versionAnswer } from './context.ts';
import { FhirError } from './errors.ts';
import { allOk } from './outcome.ts';
import { returnPreference } from './preference.ts';

/** Types that clients never write: their integrity is the product's promise (FORMATS §6). */
const WRITTEN_BY_THE_NODE: ReadonlySet<string> = new Set(['AuditEvent']);

/** Throws FhirError `method-not-allowed` for AuditEvents, which cannot be written through REST; an import may add foreign ones. */
export function refuseProtected(type: string, importing: boolean): void {
  if (!importing && WRITTEN_BY_THE_NODE.has(type)) {
    throw new FhirError(
      'method-not-allowed',
      `${type} is written by the node itself and cannot be changed through REST.`,
    );
  }
}

/** Throws FhirError `method-not-allowed` for what told a patient of an emergency: it is not the clinician's to take back. */
export function refuseNotice({ services }: Context, type: string, id: string): void {
  if (type === 'Communication' && services.emergencies?.isNotice(id) === true)
    throw new FhirError('method-not-allowed', 'What a patient was told of an emergency stays as it is.');
}

const STORED = allOk('Stored.');

/** What an answer says of a version. */
type AnsweredVersion = Pick<StoredVersion, 'type' | 'id' | 'version' | 'lastUpdated' | 'facts'> & {
  readonly text: string;
};

/** What a write answers with, as the Prefer header asks (FHIR R4 §ops: return). */
export function writeAnswer(
  { services, headers }: Context,
  status: number,
  version: AnsweredVersion,
): Answer {
  const { labels } = decidableFacts(services.policy.labels, version.facts);
  const answer: Answer = { ...versionAnswer(status, version), labels };
  answer.headers.location = `${services.baseUrl}/${version.type}/${version.id}/_history/${version.version}`;
  const preference = returnPreference(headers.prefer);
  if (preference === 'minimal') delete answer.body;
  if (preference === 'OperationOutcome') answer.body = STORED;
  return answer;
}

/** The answer 200 of a write that wrote nothing: what it names is there already. */
export function foundAnswer(context: Context, found: AnsweredVersion): Answer {
  return { ...writeAnswer(context, 200, found), isFound: true };
}

/** The answer of a conditional create that matched: what is there already (FHIR R4 §ccreate), its content only when asked for. */
export function matchedAnswer(
  context: Context,
  match: AnsweredVersion & { readonly redacted?: true },
): Answer {
  const answer = foundAnswer(context, match);
  // A part is released by a read, which has an event for it.
  if (returnPreference(context.headers.prefer) === undefined || match.redacted === true) delete answer.body;
  return answer;
}
