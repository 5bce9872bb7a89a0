import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FhirNode, observation, patient, type Sending } from '../suite/index.ts';

const CATEGORY = 'http://terminology.hl7.org/CodeSystem/observation-category';
const LABORATORY = `Observation.rs?category=${CATEGORY}|laboratory`;
/** A dozen resources written one by one on a busy machine. */
const SETUP_MS = 60_000;

let node: FhirNode;
beforeAll(async () => {
  node = await FhirNode.start();
  for (const id of ['anna', 'bert']) {
    await node.put(patient(id, { name: [{ family: id }] }));
    for (const code of ['laboratory', 'vital-signs']) {
      const category = [{ coding: [{ system: CATEGORY, code }] }];
      await node.put(observation(`${id}-${code}`, id, code, { category }));
    }
  }
}, SETUP_MS);
afterAll(() => node?.stop());

const machine = (scope: string): Sending => ({ as: { sub: 'm', client_id: 'm', scope } });
const anna = (scope: string): Sending => ({
  as: { sub: 'Patient/anna', fhirUser: 'Patient/anna', patient: 'anna', scope, purpose_of_use: ['PATRQT'] },
});
const status = async (path: string, sending: Sending) => (await node.send('GET', path, sending)).status;

describe('a scope restricted by a search parameter', () => {
  const restricted = machine(`system/Patient.rs system/${LABORATORY}`);

  test('reads, vreads and shows the history of what matches, and of nothing else', async () => {
    for (const path of [
      'Observation/anna-laboratory',
      'Observation/anna-laboratory/_history/1',
      'Observation/anna-laboratory/_history',
    ])
      expect([path, await status(path, restricted)]).toEqual([path, 200]);
    for (const path of [
      'Observation/anna-vital-signs',
      'Observation/anna-vital-signs/_history/1',
      'Observation/anna-vital-signs/_history',
      'Observation/anna-vital-signs/$receipt',
    ])
      expect([path, await status(path, restricted)]).toEqual([path, 404]);
  });

  test('finds only what matches, by whatever way', async () => {
    expect((await node.search('Observation', restricted)).sort()).toEqual([
      'anna-laboratory',
      'bert-laboratory',
    ]);
    expect(await node.search('Observation?code=vital-signs', restricted)).toEqual([]);
    expect((await node.send('GET', 'Observation?_summary=count', restricted)).json.total).toBe(2);
    expect(
      (await node.send('GET', 'Observation?_total=accurate&code=vital-signs', restricted)).json.total,
    ).toBe(0);
    expect(await node.search('Patient?_has:Observation:patient:code=vital-signs', restricted)).toEqual([]);
    expect(
      (await node.search('Patient?_has:Observation:patient:code=laboratory', restricted)).sort(),
    ).toEqual(['anna', 'bert']);
    const { text } = await node.send('GET', 'Patient/anna/$everything', restricted);
    expect([text.includes('anna-laboratory'), text.includes('anna-vital-signs')]).toEqual([true, false]);
    const included = await node.send('GET', 'Patient?_revinclude=Observation:patient', restricted);
    expect([included.text.includes('anna-laboratory'), included.text.includes('anna-vital-signs')]).toEqual([
      true,
      false,
    ]);
  });

  test('writes nothing, and does not hide behind a wildcard of another letter', async () => {
    const body = observation('new', 'anna', 'laboratory');
    expect((await node.send('PUT', 'Observation/new', { ...restricted, body })).status).toBe(403);
    expect(await status('Observation/anna-vital-signs', machine(`system/*.c system/${LABORATORY}`))).toBe(
      404,
    );
    expect(await status('Condition/1', restricted)).toBe(403);
  });

  test('of a patient stays with that patient, and adds up with others', async () => {
    const own = anna(`patient/Patient.rs patient/${LABORATORY}`);
    expect(await node.search('Observation', own)).toEqual(['anna-laboratory']);
    expect(await status('Observation/bert-laboratory', own)).toBe(404);
    const both = anna(`patient/${LABORATORY} patient/Observation.rs?category=${CATEGORY}|vital-signs`);
    expect((await node.search('Observation', both)).sort()).toEqual(['anna-laboratory', 'anna-vital-signs']);
    const wide = anna(`patient/${LABORATORY} patient/Observation.rs`);
    expect((await node.search('Observation', wide)).sort()).toEqual(['anna-laboratory', 'anna-vital-signs']);
    expect(
      (await node.search('Observation', machine(`system/${LABORATORY}&subject=Patient/anna`))).sort(),
    ).toEqual(['anna-laboratory']);
  });

  test('beside a patient’s own reach leaves what is about others redacted, unless it reaches that itself', async () => {
    await node.send('GET', 'Observation?code=laboratory');
    const [event] = await node.auditEvents();
    const app = (scope: string): Sending => ({
      as: { sub: 'app', client_id: 'app', patient: 'anna', scope: `patient/AuditEvent.rs ${scope}` },
    });
    const shown = async (scope: string) =>
      (await node.send('GET', `AuditEvent/${event?.id}`, app(scope))).text;
    const other = await shown('system/AuditEvent.rs?subtype=nothing-like-it');
    expect([other.includes('REDACTED'), other.includes('bert')]).toEqual([true, false]);
    const itself = await shown('system/AuditEvent.rs?subtype=search-type');
    expect([itself.includes('REDACTED'), itself.includes('bert')]).toEqual([false, true]);
  });
});
