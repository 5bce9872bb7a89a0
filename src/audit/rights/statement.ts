import type { LabelCoding } from '../../consent/index.ts';
import { canonicalize, type JsonObject, parseJsonKeepingDigits } from '../../proof/index.ts';
import { compartments, decisionFacts, extractIndex, parseResource } from '../../r4/index.ts';
import type { StoredVersion, Vault, VersionWrite } from '../../vault/index.ts';
import { AuditError } from '../errors.ts';
import type { RightsRequest, RightsStep } from './rights-request.ts';

/** Steps after which the dispute, as it then stands, goes with every later disclosure (45 CFR 164.526(d)(5)). */
const DISCLOSED: readonly RightsStep['what'][] = ['enclosed', 'disagreed', 'rebutted'];

/** Whether one of these steps put a statement among what is disclosed. */
export function isDisclosed(steps: readonly RightsStep[]): boolean {
  return steps.some(({ what }) => DISCLOSED.includes(what));
}

/** What a Communication is headed with, by the step that its text is of. */
const HEADINGS = {
  received: 'The individual asked for this amendment',
  denied: 'The organisation denied it',
  disagreed: 'The individual’s statement of disagreement',
  rebutted: 'The organisation’s rebuttal',
} as const;

/**
 * A disputed amendment as a Communication about the record in question, in the patient's compartment: linked to the record
 * (45 CFR 164.526(d)(4)), it goes with every later disclosure of the compartment: with what the individual stated
 * (164.526(d)(5)(i)), or request and denial alone where they asked for that (164.526(d)(5)(ii)). What follows is its next version.
 * `labels` are those of what it is about.
 */
export function statementOf(
  request: RightsRequest,
  version: number,
  labels: readonly LabelCoding[],
  { now, actor }: { readonly now: Date; readonly actor: string },
): VersionWrite {
  const sent = now.toISOString();
  const said = { status: 'completed', sent, ...headOf(request), payload: payloadOf(request) };
  return versionOf({ id: request.id, said, meta: {}, version, labels }, { now, actor });
}

/** The next version of a statement, which says what it said before with other labels; undefined when it has them already, or is deleted. */
export function relabelled(
  stands: StoredVersion | undefined,
  labels: readonly LabelCoding[],
  by: { readonly now: Date; readonly actor: string },
): VersionWrite | undefined {
  if (stands?.text === undefined) return undefined;
  const known = new Set(stands.facts.labels);
  if (labels.every(({ system, code }) => known.has(`${system}|${code}`))) return undefined;
  const { resourceType: _type, id: _id, meta, ...said } = parseJsonKeepingDigits(stands.text) as JsonObject;
  const version = stands.version + 1;
  return versionOf({ id: stands.id, said, meta: (meta ?? {}) as JsonObject, version, labels }, by);
}

interface StatementVersion {
  readonly id: string;
  readonly said: JsonObject;
  /** What else its meta says. */
  readonly meta: JsonObject;
  readonly version: number;
  readonly labels: readonly LabelCoding[];
}

function versionOf(
  { id, said, meta, version, labels }: StatementVersion,
  { now, actor }: { readonly now: Date; readonly actor: string },
): VersionWrite {
  const lastUpdated = now.toISOString();
  const security =
    labels.length === 0 ? {} : { security: labels.map(({ system, code }) => ({ system, code })) };
  const { resource, text } = parseResource(
    canonicalize({
      ...said,
      resourceType: 'Communication',
      id,
      meta: { ...meta, versionId: String(version), lastUpdated, ...security },
    }),
  );
  return {
    type: 'Communication',
    id,
    version,
    lastUpdated,
    text,
    patients: compartments(resource).patients,
    index: extractIndex(resource),
    facts: decisionFacts(resource),
    actor,
  };
}

/** Where a statement goes. */
export interface StatementPlace {
  readonly version: number;
  /** The statement as it stands there; undefined when it does not, or is deleted. */
  readonly stands: StoredVersion | undefined;
}

/**
 * The place that the statement of a request is written to: the version after what stands there. Anybody who may write
 * Communications can take its id, or change what it says: `before`, the request as it stood, tells what it must begin with. A
 * statement whose step was cut short after it was written is written again. Throws AuditError `occupied`.
 */
export async function statementPlace(
  vault: Pick<Vault, 'read' | 'head'>,
  before: RightsRequest,
): Promise<StatementPlace> {
  const head = await vault.head('Communication', before.id);
  if (head === undefined) return { version: 1, stands: undefined };
  const stored = head.deleted === true ? undefined : await vault.read('Communication', before.id);
  if (stored?.text !== undefined && !isStatement(stored.text, before))
    throw new AuditError(
      'occupied',
      `Communication/${before.id} does not say what this request says: delete it, then do this again.`,
    );
  return { version: head.version + 1, stands: stored };
}

function isStatement(text: string, before: RightsRequest): boolean {
  const { category = null, subject = null, about, payload } = JSON.parse(text) as JsonObject;
  const said = payloadOf(before);
  if (!Array.isArray(payload)) return false;
  const begun = payload.slice(0, said.length);
  const stands = { category, subject, ...(about === undefined ? {} : { about }), payload: begun };
  return canonicalize(stands) === canonicalize({ ...headOf(before), payload: said });
}

function headOf({ patient, object }: RightsRequest) {
  return {
    category: [{ text: 'Disputed amendment (45 CFR 164.526(d))' }],
    subject: { reference: `Patient/${patient}` },
    ...(object === undefined ? {} : { about: [{ reference: object }] }),
  };
}

function payloadOf({ steps }: RightsRequest): { contentString: string }[] {
  return steps.flatMap(({ what, text, at }) =>
    what in HEADINGS
      ? [{ contentString: `${HEADINGS[what as keyof typeof HEADINGS]} (${at.slice(0, 10)}): ${text}` }]
      : [],
  );
}
