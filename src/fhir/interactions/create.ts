import { randomId } from '../../crypto/index.ts';
import { mayWrite, type Reach, reachOf } from '../access.ts';
import type { Answer, Context } from '../context.ts';
import { draft, factsOf, type Prepared, prepare } from '../prepared.ts';
import { condition } from '../search/criteria.ts';
import { matchOne } from '../search/match-one.ts';
import { matchedAnswer, refuseProtected, writeAnswer } from '../write-answer.ts';
import { performWrite, resourceLock, type WritePlan } from '../write-plan.ts';
import { createConsent } from './consent.ts';

/** The plan of a create under an id that the server chose. Throws FhirError `not-permitted`. */
export function planCreate(context: Context, prepared: Prepared, id: string): WritePlan {
  const { type } = prepared;
  refuseProtected(type, context.importing);
  const reach = reachOf(context.principal, type, 'c');
  const { labels } = context.services.policy;
  const drafted = draft(prepared, id, context.time.toISOString(), context.principal.id, labels);
  return {
    locks: [resourceLock(type, id)],
    build: () => {
      const version = drafted.at(1);
      mayWrite(context, reach, version.facts, version.patients, 'c');
      return { version, answer: writeAnswer(context, 201, version) };
    },
  };
}

/** FHIR R4 §http-create, conditional with If-None-Exist (§ccreate): one match answers 200, several 412. */
export async function create(context: Context, type: string, body: string): Promise<Answer> {
  refuseProtected(type, context.importing);
  const reach = reachOf(context.principal, type, 'c');
  const prepared = prepare(body, type);
  if (type === 'Consent') return createConsent(context, prepared);
  const { ifNoneExist } = context.headers;
  return ifNoneExist === undefined
    ? performWrite(context, planCreate(context, prepared, randomId()))
    : createUnlessThere(context, reach, prepared, ifNoneExist);
}

/** Two requests with the same condition are one after the other, so that the second finds what the first made. */
async function createUnlessThere(
  context: Context,
  reach: Reach,
  prepared: Prepared,
  ifNoneExist: string,
): Promise<Answer> {
  const id = randomId();
  // Who may not write it is not told whether it is there.
  const facts = factsOf(prepared, id);
  mayWrite(context, reach, facts, facts.patients, 'c');
  context.trail.patients.delete(id);
  const wanted = condition(context, prepared.type, ifNoneExist);
  return context.services.conditions.exclusively(wanted.key, async () => {
    const match = await matchOne(context, wanted);
    if (match?.text === undefined) return performWrite(context, planCreate(context, prepared, id));
    return matchedAnswer(context, { ...match, text: match.text });
  });
}
