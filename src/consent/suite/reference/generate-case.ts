import type { ConsentCase } from './consent-case.ts';
import { CAPACITIES, generateConsent } from './generate-consent.ts';
import { generateResource, WORLD } from './generate-resource.ts';
import { type Random, random as seeded } from './random.ts';

const PURPOSES = [
  ...[
    'TREAT',
    'TREAT',
    'TREAT',
    'HPAYMT',
    'COC',
    'HRESCH',
    'CLINTRCHPC',
    'ELIGVER',
    'HLEGAL',
    'HLEGAL',
    'BTG',
    'PUBHLTH',
  ],
  'http://example.org/purpose|registry',
];

const ACTIONS = [['access'], ['access'], ['access', 'disclose'], ['collect'], ['correct']];

function request(random: Random): ConsentCase['request'] {
  const organisation = random.chance(0.5) ? 'st-mary' : random.pick(WORLD.members);
  const isOwn = organisation === 'st-mary';
  const kind = !isOwn
    ? 'member'
    : random.chance(0.08)
      ? 'patient'
      : random.pick(['user', 'user', 'client'] as const);
  const capacities = CAPACITIES.map(({ system, code }) => `${system}|${code}`);
  return {
    custodian: 'st-mary',
    organisation,
    kind,
    purposes: random.some(PURPOSES, 1, 2),
    now: random.pick([
      '2022-06-01T00:00:00Z',
      '2023-06-30T23:59:59Z',
      '2023-07-01T00:00:00Z',
      '2024-02-29T00:00:00Z',
    ]),
    actions: random.pick(ACTIONS),
    subject: 'p1',
    ...(kind === 'patient' ? { tokenPatient: random.pick(['p1', 'p1', 'p2']) } : {}),
    ...(isOwn && kind === 'user' ? { person: random.pick(WORLD.people) } : {}),
    ...(isOwn && random.chance(0.6) ? { groups: random.some(WORLD.teams, 0, 3) } : {}),
    ...(random.chance(0.6) ? { capacities: random.some(capacities, 0, 2) } : {}),
    ...(isOwn && random.chance(0.14) ? { representative: representative(random) } : {}),
  };
}

/** What a request may carry since: drawn last, so that the cases of before stay what they were. */
function further(random: Random, { kind, purposes, groups }: ConsentCase['request']): object {
  const isBroken = kind !== 'patient' && random.chance(0.3);
  const withBreaking = random.chance(0.7) ? ['BTG', ...purposes.slice(1)] : purposes;
  const roles = [['clinician'], ['front-desk'], ['front-desk', 'clinician'], ['researcher-unknown'], []];
  return {
    ...(isBroken ? { emergency: emergency(random), purposes: [...new Set(withBreaking)] } : {}),
    ...(kind === 'user' && random.chance(0.6) ? { roles: random.pick(roles) } : {}),
    ...(groups !== undefined && random.chance(0.4) ? { unknownGroups: random.some(WORLD.teams, 1, 2) } : {}),
  };
}

function emergency(random: Random): NonNullable<ConsentCase['request']['emergency']> {
  return {
    patient: random.chance(0.9) ? 'p1' : 'p2',
    reason: random.pick(['medical-emergency', 'medical-emergency', 'disaster', 'serious-threat'] as const),
    from: random.pick(['2022-01-01T00:00:00Z', '2022-01-01T00:00:00Z', '2023-07-01T00:00:00Z']),
    until: random.pick(['2023-07-01T00:00:00Z', '2025-01-01T00:00:00Z', '2025-01-01T00:00:00Z']),
  };
}

function representative(random: Random): NonNullable<ConsentCase['request']['representative']> {
  return {
    patient: random.chance(0.9) ? 'p1' : 'p2',
    relationship: random.pick(['parent', 'parent', 'guardian', 'agent'] as const),
    ...(random.chance(0.9)
      ? { birth: random.pick(['2005-07-01', '2006-02-28', '2010-01-01', '2004-02-29', '2018-05-05']) }
      : {}),
    from: random.pick(['2010-01-01T00:00:00Z', '2023-01-01T00:00:00Z']),
    until: random.pick(['2023-07-01T00:00:00Z', '2040-01-01T00:00:00Z']),
  };
}

/** Case number `seed`: the same for the same number, on every machine. */
export function generateCase(seed: number): ConsentCase {
  const random = seeded(seed);
  const type = random.chance(0.65) ? 'Observation' : random.pick(WORLD.types);
  const store = Object.fromEntries(
    WORLD.encounters.map((reference) => [
      reference,
      {
        ...generateResource(random, 'Encounter', reference.slice(-1)),
        diagnosis: [{ condition: { reference: 'Condition/r' } }],
      },
    ]),
  );
  const count = random.pick([0, 1, 1, 2, 2, 3, 4]);
  const asked: ConsentCase = {
    consents: Array.from({ length: count }, (_, index) => ({
      id: `c${index}`,
      status: random.pick(['active', 'active', 'active', 'active', 'active', 'revoking', 'revoked'] as const),
      resource: generateConsent(random),
    })),
    resource: generateResource(random, type, 'r'),
    store,
    law: random.pick(['none', 'us', 'us-ny'] as const),
    policy: random.pick([[], ['TREAT', 'HPAYMT', 'HOPERAT'], ['TREAT', 'HPAYMT', 'HOPERAT'], ['TREAT']]),
    request: request(random),
  };
  return { ...asked, request: { ...asked.request, ...further(random, asked.request) } };
}
