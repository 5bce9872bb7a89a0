import { expect, test } from 'vitest';
import { compileConsent } from './compile.ts';
import type { CompiledConsent } from './decision.ts';
import { permitsNoMore } from './permits-no-more.ts';
import { compiledConsent } from './suite/compiled-consent.ts';
import { aboutTypes, forOrganisations, forPurposes } from './suite/consent-resource.ts';
import { decidedVerdict } from './suite/reference/agreement.ts';
import type { Json } from './suite/reference/consent-case.ts';
import { generateCase } from './suite/reference/generate-case.ts';
import { type Random, random } from './suite/reference/random.ts';

const permit = (...parts: object[]) => compiledConsent(Object.assign({ type: 'permit' }, ...parts));
const deny = (...parts: object[]) => ({ type: 'deny', ...Object.assign({}, ...parts) });
const both = forOrganisations('lakeside', 'meridian');
const HIV = {
  securityLabel: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'HIV' }],
};

test.each<[string, CompiledConsent, CompiledConsent | undefined]>([
  ['a Consent that only denies, alone', compiledConsent(deny(both)), undefined],
  ['one that only denies, after one that permits', compiledConsent(deny(HIV)), permit(both)],
  ['the same again', permit(both), permit(both)],
  ['fewer organisations', permit(forOrganisations('lakeside')), permit(both)],
  ['fewer purposes', permit(both, forPurposes('TREAT')), permit(both)],
  ['a purpose below the one before', permit(forPurposes('CLINTRL')), permit(forPurposes('TREAT'))],
  ['fewer types', permit(aboutTypes('Observation')), permit(aboutTypes('Observation', 'Condition'))],
  ['an earlier end', permit({ period: { end: '2026-01-01' } }), permit({ period: { end: '2027-01-01' } })],
  ['an exception more', permit(both, { provision: [deny(HIV)] }), permit(both)],
])('%s permits no more', (_what, after, before) => {
  expect(permitsNoMore(after, before)).toBe(true);
});

test.each<[string, CompiledConsent, CompiledConsent | undefined]>([
  ['one that permits, alone', permit(both), undefined],
  ['another organisation', permit(forOrganisations('aurora')), permit(both)],
  ['everybody', permit(), permit(both)],
  ['a wider purpose', permit(forPurposes('TREAT')), permit(forPurposes('CLINTRL'))],
  ['a later end', permit({ period: { end: '2027-01-01' } }), permit({ period: { end: '2026-01-01' } })],
  ['an exception less', permit(both), permit(both, { provision: [deny(HIV)] })],
  [
    'an exception within what is denied',
    permit(both, { provision: [deny(HIV, { provision: [{ type: 'permit', ...forPurposes('ETREAT') }] })] }),
    permit(both, { provision: [deny(HIV)] }),
  ],
  ['what was denied', permit(both), compiledConsent(deny(both))],
])('%s may permit more', (_what, after, before) => {
  expect(permitsNoMore(after, before)).toBe(false);
});

/** Takes something out of a provision, or out of one nested in it. */
function cut(provision: Json, choose: Random): Json {
  const name = choose.pick(Object.keys(provision));
  const value = provision[name];
  if (name === 'type') return provision;
  if (!Array.isArray(value) || value.length < 2 || choose.chance(0.2)) {
    const isNested = name === 'provision' && choose.chance(0.7);
    const { [name]: _gone, ...rest } = provision;
    return isNested ? { ...rest, provision: (value as Json[]).map((each) => cut(each, choose)) } : rest;
  }
  const at = choose.below(value.length);
  const isNested = name === 'provision' && choose.chance(0.5);
  const changed = value.flatMap((each, index) =>
    index !== at ? [each] : isNested ? [cut(each as Json, choose)] : [],
  );
  return { ...provision, [name]: changed };
}

const RANK = { deny: 0, redact: 1, permit: 2 };

test('no decision permits what it did not before, whatever is asked', () => {
  let compared = 0;
  for (let seed = 1; seed <= 1_500; seed += 1) {
    const choose = random(seed);
    const asked = generateCase(seed);
    const [first, ...others] = asked.consents;
    const provision = first?.resource.provision as Json | undefined;
    if (first === undefined || provision === undefined) continue;
    const pair = [first.resource, { ...first.resource, provision: cut(provision, choose) }];
    const [before, after] = choose.chance(0.5) ? pair : pair.reverse();
    const compiled = [after, before].map((resource) => compileConsent(resource, first.id, 'active'));
    const [made, known] = compiled.map((each) => ('consent' in each ? each.consent : undefined));
    if (made === undefined || known === undefined || !permitsNoMore(made, known)) continue;
    // One that only denies permits nothing itself, whatever other consents permit that it denied before.
    if (permitsNoMore(made, undefined)) continue;
    compared += 1;
    // Of several purposes the first that permits is taken, with what it leaves out: each is asked by itself.
    const purposes = asked.request.purposes.slice(0, 1);
    const outcome = (resource: Json) => {
      const consents = [{ ...first, status: 'active' as const, resource }, ...others];
      return RANK[decidedVerdict({ ...asked, consents, request: { ...asked.request, purposes } }).outcome];
    };
    expect(outcome(after as Json), `seed ${seed}`).toBeLessThanOrEqual(outcome(before as Json));
  }
  expect(compared).toBeGreaterThan(400);
});
