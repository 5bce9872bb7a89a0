import { AuditError } from '../errors.ts';
import { CLOCKS, dueAt, latestExtension, type RightsKind } from './clock.ts';

/** Grounds on which an amendment may be denied (45 CFR 164.526(a)(2)). */
export const AMENDMENT_GROUNDS = {
  'not-created-here': '45 CFR 164.526(a)(2)(i)',
  'not-in-record-set': '45 CFR 164.526(a)(2)(ii)',
  'not-for-inspection': '45 CFR 164.526(a)(2)(iii)',
  'accurate-and-complete': '45 CFR 164.526(a)(2)(iv)',
} as const;

/** Grounds on which access may be denied (45 CFR 164.524(a)(2) and (3)); those of (a)(3) the individual may have reviewed. */
export const ACCESS_GROUNDS = {
  'psychotherapy-notes-or-proceedings': '45 CFR 164.524(a)(1)',
  'correctional-institution': '45 CFR 164.524(a)(2)(ii)',
  'research-in-progress': '45 CFR 164.524(a)(2)(iii)',
  'promise-of-confidentiality': '45 CFR 164.524(a)(2)(v)',
  'endangers-life': '45 CFR 164.524(a)(3)(i)',
  'harms-another-person': '45 CFR 164.524(a)(3)(ii)',
  'harm-by-representative': '45 CFR 164.524(a)(3)(iii)',
} as const;

/** What a denial must tell the individual they can do next. */
const NEXT_STEPS: Readonly<Record<RightsKind, string>> = {
  // 45 CFR 164.524(d)(2)(ii)–(iii)
  access:
    'You may have a denial for danger or harm reviewed by another licensed professional, and complain to this organisation or to the Secretary of Health and Human Services.',
  // 45 CFR 164.526(d)(1)(ii)–(iv)
  amendment:
    'You may submit a statement of disagreement. If you do not, you may ask that your request and this denial go with every future disclosure. You may complain to this organisation or to the Secretary of Health and Human Services.',
  // 45 CFR 164.530(d)
  accounting: 'You may complain to this organisation or to the Secretary of Health and Human Services.',
};

/** One thing that happened to a request. */
export interface RightsStep {
  readonly at: string;
  /** Opaque id of who did it; documentation names who is responsible (45 CFR 164.526(f), 164.528(d)(3)). */
  readonly actor: string;
  readonly what: 'received' | 'extended' | 'granted' | 'denied' | 'enclosed' | 'disagreed' | 'rebutted';
  readonly text: string;
  /** What a denial rests on. */
  readonly clause?: string;
  /** Versions that an accepted amendment made or appended (45 CFR 164.526(c)(1)). */
  readonly amended?: readonly string[];
}

/** A request of an individual and what became of it. Changes only by the functions below. */
export interface RightsRequest {
  readonly v: 1;
  readonly id: string;
  readonly kind: RightsKind;
  readonly patient: string;
  readonly status: 'open' | 'granted' | 'denied' | 'disputed';
  readonly received: string;
  readonly due: string;
  /** The rule that sets the date. */
  readonly clause: string;
  /** The record that an amendment is about, `Type/id`. */
  readonly object?: string;
  /** Of an accounting: whether it is the free one of twelve months. */
  readonly free?: boolean;
  readonly nextSteps?: string;
  readonly steps: readonly RightsStep[];
}

/** Who does something, when, and the words that go with it. */
export interface Act {
  readonly at: Date;
  readonly actor: string;
  readonly text: string;
}

/** A new request. */
export function receive(
  said: Pick<RightsRequest, 'id' | 'kind' | 'patient' | 'object' | 'free'>,
  act: Act,
): RightsRequest {
  const { id, kind, patient, object, free } = said;
  return {
    v: 1,
    id,
    kind,
    patient,
    status: 'open',
    received: act.at.toISOString(),
    due: dueAt(kind, act.at).toISOString(),
    clause: CLOCKS[kind].clause,
    ...(object === undefined ? {} : { object }),
    ...(free === undefined ? {} : { free }),
    steps: [stepOf(act, 'received')],
  };
}

/**
 * Takes more time: once, within the first period, to a stated date, with the reasons in writing. Throws AuditError
 * `out-of-order`, `too-late` or `malformed`.
 */
export function extend(request: RightsRequest, until: Date, act: Act): RightsRequest {
  requireOpen(request);
  if (request.steps.some(({ what }) => what === 'extended'))
    throw new AuditError('out-of-order', 'A request is extended once only.');
  if (act.at.getTime() > Date.parse(request.due))
    throw new AuditError('too-late', 'The time to act is over: it could be extended before that only.');
  const latest = latestExtension(request.kind, new Date(request.received));
  if (until.getTime() > latest.getTime() || until.getTime() <= Date.parse(request.due))
    throw new AuditError(
      'malformed',
      `"until" lies after ${request.due} and not after ${latest.toISOString()}.`,
    );
  const clause = CLOCKS[request.kind].extensionClause;
  return { ...add(request, { ...stepOf(act, 'extended'), clause }), due: until.toISOString(), clause };
}

/** Does what was asked for; an amendment names the versions that it made. Throws AuditError. */
export function grant(request: RightsRequest, act: Act, amended: readonly string[] = []): RightsRequest {
  requireOpen(request);
  if (request.kind === 'amendment' && amended.length === 0)
    throw new AuditError('malformed', '"amended" names the versions that were amended or appended.');
  const step = { ...stepOf(act, 'granted'), ...(amended.length === 0 ? {} : { amended }) };
  return { ...add(request, step), status: 'granted' };
}

/** Denies, on one of the grounds that the rule knows, in plain language. Throws AuditError. */
export function deny(request: RightsRequest, ground: string, act: Act): RightsRequest {
  requireOpen(request);
  const grounds: Readonly<Record<string, string>> =
    request.kind === 'amendment' ? AMENDMENT_GROUNDS : request.kind === 'access' ? ACCESS_GROUNDS : {};
  if (!Object.hasOwn(grounds, ground))
    throw new AuditError(
      'malformed',
      request.kind === 'accounting'
        ? 'An accounting is not denied: entries are left out by 45 CFR 164.528(a) only.'
        : `"ground" is one of ${Object.keys(grounds).join(', ')}.`,
    );
  const step = { ...stepOf(act, 'denied'), clause: grounds[ground] ?? '' };
  return { ...add(request, step), status: 'denied', nextSteps: NEXT_STEPS[request.kind] };
}

/**
 * The individual asks that request and denial go with future disclosures, without a statement of disagreement (45 CFR
 * 164.526(d)(1)(iii)); one may still follow. Throws AuditError.
 */
export function enclose(request: RightsRequest, act: Act): RightsRequest {
  const isEnclosed = request.steps.some(({ what }) => what === 'enclosed');
  if (request.kind !== 'amendment' || request.status !== 'denied' || isEnclosed)
    throw new AuditError(
      'out-of-order',
      'Only the denial of an amendment goes with later disclosures, asked for once and before a statement.',
    );
  return add(request, stepOf(act, 'enclosed'));
}

/** The individual's statement of disagreement with the denial of an amendment (45 CFR 164.526(d)(2)). Throws AuditError. */
export function disagree(request: RightsRequest, act: Act): RightsRequest {
  if (request.kind !== 'amendment' || request.status !== 'denied')
    throw new AuditError('out-of-order', 'Only the denial of an amendment can be disagreed with, once.');
  return { ...add(request, stepOf(act, 'disagreed')), status: 'disputed' };
}

/** The organisation's rebuttal, of which the individual has a copy (45 CFR 164.526(d)(3)). Throws AuditError. */
export function rebut(request: RightsRequest, act: Act): RightsRequest {
  const isRebutted = request.steps.some(({ what }) => what === 'rebutted');
  if (request.status !== 'disputed' || isRebutted)
    throw new AuditError('out-of-order', 'Only a statement of disagreement can be rebutted, once.');
  return add(request, stepOf(act, 'rebutted'));
}

/** Whether the organisation has let the time go by. */
export function isOverdue({ status, due }: RightsRequest, now: Date): boolean {
  return status === 'open' && now.getTime() > Date.parse(due);
}

function requireOpen({ status }: RightsRequest): void {
  if (status !== 'open') throw new AuditError('out-of-order', `The request is ${status} already.`);
}

function stepOf({ at, actor, text }: Act, what: RightsStep['what']): RightsStep {
  return { at: at.toISOString(), actor, what, text };
}

function add(request: RightsRequest, step: RightsStep): RightsRequest {
  return { ...request, steps: [...request.steps, step] };
}
