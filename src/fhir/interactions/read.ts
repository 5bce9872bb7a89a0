import type { StoredVersion } from '../../vault/index.ts';
import { judge, note, reachOf, type Shown } from '../access.ts';
import { commitRequest } from '../commit.ts';
import { type Answer, type Context, versionAnswer } from '../context.ts';
import { etagOf, isKnown } from '../entity-tag.ts';
import { FhirError } from '../errors.ts';
import { versionJudge } from '../older-version.ts';
import type { Query } from '../query.ts';
import { parseReadQuery } from '../read-query.ts';
import { labelsOf, receiptUrl, release } from '../release.ts';

const notFound = () => new FhirError('not-found', 'There is no such resource, or you may not see it.');

/**
 * The version that may be shown, a deletion too. What does not exist, was erased or is not permitted answers the same:
 * FhirError `not-found`.
 */
async function shownVersion(context: Context, type: string, id: string, version?: number): Promise<Shown> {
  const reach = reachOf(context.principal, type, 'r');
  const stored: StoredVersion | undefined = await context.services.vault.read(type, id, version);
  if (stored === undefined || stored.erased === true) throw notFound();
  const judged =
    version === undefined ? judge(context, reach, stored) : await versionJudge(context, reach)(stored);
  if (judged === undefined) throw notFound();
  note(context, judged);
  return judged.shown;
}

/** As {@link shownVersion}, except that a deletion throws FhirError `gone`: said only to those who could have seen the resource (FHIR R4 §http-read). */
export async function readPermitted(
  context: Context,
  type: string,
  id: string,
  version?: number,
): Promise<Shown & { text: string }> {
  const shown = await shownVersion(context, type, id, version);
  if (shown.text === undefined) throw new FhirError('gone', 'The resource was deleted.');
  return { ...shown, text: shown.text };
}

/** FHIR R4 §http-read and §http-vread. Answers 304 when If-None-Match names the version; `_elements` and `_summary` release a part. */
export async function read(
  context: Context,
  target: { type: string; id: string; version?: number },
  query: Query,
): Promise<Answer> {
  const subset = parseReadQuery(context, target.type, query);
  const shown = await readPermitted(context, target.type, target.id, target.version);
  if (isKnown(context.headers.ifNoneMatch, shown.version)) {
    return { status: 304, headers: { etag: etagOf(shown.version) } };
  }
  const { text, event } = release(context, shown, subset);
  const answer: Answer = { ...versionAnswer(200, { ...shown, text }), labels: labelsOf(context, shown) };
  if (event === undefined) return answer;
  answer.headers.link = `<${receiptUrl(context, event)}>; rel="urn:holdfast:receipt"`;
  await commitRequest(context, 200, { events: [event] });
  return answer;
}
