import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type CompiledConsent, compileConsent } from '../consent/index.ts';
import { type Principal, PURPOSE_OF_USE_SYSTEM, parseScopes } from '../identity/index.ts';
import { ask } from './ask.ts';
import { parseRecord } from './record-frame.ts';
import {
  BORN,
  consentFor,
  ExchangeNetwork,
  type MemberNode,
  permitting,
  emergencyQuestion as question,
} from './suite/index.ts';

const HOUR_MS = 3_600_000;
const SENSITIVE = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';

let network: ExchangeNetwork;
let hospital: MemberNode;
let clinic: MemberNode;
beforeAll(async () => {
  network = await ExchangeNetwork.start('st-mary', 'lakeside', 'meridian');
  [hospital, clinic] = [network.node('st-mary'), network.node('lakeside')];
  await hospital.put({ resourceType: 'Patient', id: 'here', birthDate: BORN });
  await hospital.put({ resourceType: 'Patient', id: 'twin', birthDate: BORN });
  const label = (code: string) => ({ meta: { security: [{ system: SENSITIVE, code }] } });
  const observation = { resourceType: 'Observation', status: 'final', code: { text: 'allergy' } };
  const of = (id: string) => ({ ...observation, id, subject: { reference: 'Patient/here' } });
  await hospital.put(of('allergy'));
  await hospital.put({ ...of('programme'), ...label('42CFRPart2') });
  // Nobody but who made them writes notes (45 CFR 164.508(a)(2)(i)(A)).
  const author = 'Practitioner/9';
  await hospital.send('PUT', 'fhir/Observation/notes', {
    as: { sub: author, fhirUser: author, scope: 'user/*.cruds' },
    body: { ...of('notes'), ...label('PSYTHPN'), performer: [{ reference: author }] },
  });
  const identifier = [{ system: 'urn:holdfast:patient:st-mary', value: 'here' }];
  await clinic.put({ resourceType: 'Patient', id: 'there', birthDate: BORN, identifier });
  await clinic.put({ resourceType: 'Patient', id: 'unlinked', birthDate: BORN });
  await network.publish();
}, 120_000);
afterAll(() => network?.stop());
beforeEach(() => {
  hospital.view.isFresh = true;
  clinic.view.isFresh = true;
});

const asked = (value: object) => ask(clinic.asker, network.member('st-mary'), 'emergency', value);
const refusalOf = (value: object) =>
  asked(value).then(
    () => 'answered',
    (error: { code: string }) => error.code,
  );
const broken = async () => (await hospital.breakGlass.list({ limit: 50 })).glass;

describe('a member is given nothing', () => {
  test.each<[why: string, value: object, code: string]>([
    ['of a patient who is not here', question({ ids: ['nobody'] }), 'not-permitted'],
    ['without an id', question({ ids: [] }), 'not-permitted'],
    ['of somebody born on another day', question({ birthDate: '1961-04-13' }), 'not-permitted'],
    ['without a day of birth', question({ birthDate: undefined }), 'not-permitted'],
    ['where it could be either of two', question({ ids: ['here', 'twin'] }), 'not-permitted'],
    [
      'by a handle that was never given',
      question({ ids: [], handles: [{ consent: 'c', handle: 'h' }] }),
      'not-permitted',
    ],
    ['when its own glass is closed again', question({}, { until: '2020-01-01T00:00:00Z' }), 'not-permitted'],
    ['without a reason', question({}, { reason: undefined }), 'malformed'],
    ['for a reason that there is not', question({}, { reason: 'curiosity' }), 'malformed'],
    ['without words', question({}, { text: ' ' }), 'malformed'],
    ['without the name of who asks', question({}, { name: '' }), 'malformed'],
    ['with a thousand ids', question({ ids: Array.from({ length: 1000 }, () => 'here') }), 'malformed'],
    ['with a year of birth alone', question({ birthDate: BORN.slice(0, 4) }), 'malformed'],
    ['of nothing at all', {}, 'malformed'],
  ])('%s', async (_why, value, code) => {
    expect(await refusalOf(value)).toBe(code);
    expect(await broken()).toEqual([]);
  });
});

describe('in an emergency, while the view of the ledger is older than it may be', () => {
  let text: string;
  beforeAll(async () => {
    hospital.view.isFresh = false;
    // For longer than anybody may: it is cut to what the custodian bears.
    text = await asked(question({}, { until: new Date(Date.now() + 100 * HOUR_MS).toISOString() }));
  });

  test('the record comes, that of a programme for substance use with it', () => {
    const urls = parseRecord(text).records.map(({ fullUrl }) => fullUrl.split('/fhir/')[1]);
    expect(urls).toEqual(
      expect.arrayContaining(['Patient/here', 'Observation/allergy', 'Observation/programme']),
    );
  });

  test('the custodian has written down who, why, until when, and that its view was old', async () => {
    const [glass, ...more] = await broken();
    expect(more).toEqual([]);
    expect(glass).toMatchObject({
      patient: 'here',
      stale: true,
      facts: {
        breaker: { name: 'Ngozi Okafor', affiliation: 'Lakeside Clinic', organisation: 'lakeside' },
        discloser: 'Rosa Adler',
        text: 'Found unconscious.',
      },
    });
    const openMs = Date.parse(glass?.until ?? '') - Date.parse(glass?.opened ?? '');
    expect(openMs).toBeLessThanOrEqual(4 * HOUR_MS);
    const [release] = await hospital.auditEvents('network-everything');
    expect(release).toContain('"code":"disclose"');
    expect(release).toContain('"code":"BTG"');
    expect(release).toContain('{"type":"stale","valueString":"true"}');
  });

  test('what the patient was told is nobody’s to change or take back', async () => {
    const [glass] = await broken();
    const path = `fhir/Communication/${glass?.id}`;
    const as = { scope: 'system/*.cruds' };
    const told = JSON.parse((await hospital.send('GET', path, { as })).text);
    expect(JSON.stringify(told)).toContain('Ngozi Okafor');
    const body = { ...told, payload: [{ contentString: 'Your record was tidied up.' }] };
    expect((await hospital.send('PUT', path, { as, body })).status).toBe(405);
    expect((await hospital.send('DELETE', path, { as })).status).toBe(405);
    expect(JSON.parse((await hospital.send('GET', path, { as })).text)).toEqual(told);
  });

  test('asked again, it is the same emergency; for another patient it is another', async () => {
    await asked(question());
    expect(await broken()).toHaveLength(1);
    expect(await refusalOf(question({ ids: ['twin'] }))).toBe('answered');
    expect((await broken()).map(({ patient }) => patient)).toEqual(['twin', 'here']);
  });
});

const BREAKING = { purpose: [{ system: PURPOSE_OF_USE_SYSTEM, code: 'BTG' }] };
function compiled(patient: string, provision: object, more: object = {}): CompiledConsent {
  const outcome = compileConsent({ ...consentFor(patient, provision), ...more }, 'c', 'active');
  if ('refused' in outcome) throw new Error(JSON.stringify(outcome.refused));
  return outcome.consent;
}
async function under<T>(consents: readonly CompiledConsent[], work: () => Promise<T>): Promise<T> {
  const { register } = hospital.consents;
  const { consentsOf } = register;
  register.consentsOf = () => consents;
  try {
    return await work();
  } finally {
    register.consentsOf = consentsOf;
  }
}

test('a patient who lets nothing out even in an emergency is told, and the member learns no more than of one who is not here', async () => {
  const value = question({ ids: ['twin'] }, { id: 'c'.repeat(32) });
  const denial = compiled('twin', { type: 'deny', ...BREAKING });
  expect(await under([denial], () => refusalOf(value))).toBe('not-permitted');
  expect((await broken())[0]?.patient).toBe('twin');
});

describe('of the consents that are known here, while a revocation may not have come yet', () => {
  const released = async () => {
    const { records } = parseRecord(await asked(question()));
    return records.map(({ fullUrl }) => fullUrl.split('/fhir/')[1]);
  };
  beforeEach(() => {
    hospital.view.isFresh = false;
  });

  test('one that permits opens nothing that the emergency does not', async () => {
    // Valid for these notes, which no medical emergency opens: were it counted, they would leave under it.
    const authorisation = compiled(
      'here',
      permitting('lakeside', {
        ...BREAKING,
        securityLabel: [{ system: SENSITIVE, code: 'PSYTHPN' }],
        period: { end: '2099-01-01' },
      }),
      {
        performer: [{ reference: 'Patient/here' }],
        organization: [{ identifier: { system: 'urn:holdfast:organisation', value: 'st-mary' } }],
      },
    );
    const urls = await under([authorisation], released);
    expect(urls).toContain('Observation/allergy');
    expect(urls).not.toContain('Observation/notes');
  });

  test('one that denies keeps back what it names, and nothing else', async () => {
    const about = { securityLabel: [{ system: SENSITIVE, code: '42CFRPart2' }] };
    const denial = compiled('here', { type: 'deny', ...BREAKING, ...about });
    const urls = await under([denial], released);
    expect(urls).toContain('Observation/allergy');
    expect(urls).not.toContain('Observation/programme');
  });
});

test('nothing leaves when it cannot be written down first', async () => {
  const { commit } = hospital.vault;
  hospital.vault.commit = () => Promise.reject(new Error('no room'));
  try {
    expect(await refusalOf(question({}, { id: 'd'.repeat(32) }))).toBe('unavailable');
  } finally {
    hospital.vault.commit = commit;
  }
});

test('a clinician who broke the glass reads across the network, and asks only where the patient is known', async () => {
  hospital.view.isFresh = false;
  clinic.view.isFresh = false;
  const clinician: Principal = {
    organisation: 'lakeside',
    actorOrganisation: 'lakeside',
    kind: 'user',
    id: 'Practitioner/7',
    fhirUser: 'Practitioner/7',
    scopes: parseScopes('user/*.rs'),
    purposes: ['BTG'],
    tokenId: 't',
  };
  const breaking = {
    reason: 'medical-emergency' as const,
    text: 'Found unconscious.',
    until: new Date(Date.now() + HOUR_MS),
    holder: clinician.id,
    breaker: { person: clinician.id, name: 'N. Okafor', organisation: 'lakeside', affiliation: 'Lakeside' },
    principal: clinician,
    requestId: 'r',
  };
  const as = {
    sub: 'Practitioner/7',
    fhirUser: 'Practitioner/7',
    scope: 'user/*.rs',
    purpose_of_use: ['TREAT', 'BTG'],
  };
  const read = (id: string) => clinic.send('GET', `fhir/Patient/${id}/$network-everything`, { as });
  expect((await read('there')).text).not.toContain('Observation/allergy');
  for (const patient of ['there', 'unlinked']) await clinic.breakGlass.break({ ...breaking, patient });
  await network.publish();
  const before = (await broken()).length;
  expect((await read('there')).text).toContain('Observation/allergy');
  expect((await broken()).length).toBe(before + 1);
  expect((await read('unlinked')).text).not.toContain('Observation/allergy');
  expect((await broken()).length).toBe(before + 1);
  expect((await network.node('meridian').breakGlass.list({ limit: 1 })).glass).toEqual([]);
});
