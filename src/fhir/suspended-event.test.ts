import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { FhirNode, observation, patient, patientsIn, type Sending } from './suite/index.ts';

let node: FhirNode;
let event: string;
let shown: string;
const anna: Sending = {
  as: {
    sub: 'Patient/anna',
    fhirUser: 'Patient/anna',
    patient: 'anna',
    scope: 'patient/*.rs',
    purpose_of_use: ['PATRQT'],
  },
};

beforeAll(async () => {
  node = await FhirNode.start();
  await node.put(patient('anna'));
  await node.put(observation('o1', 'anna', '1'));
});
afterAll(() => node?.stop());

/** One read that is suspended and one that is not, of the same record by the same software. */
beforeEach(async () => {
  const read = async () => {
    const { events } = await node.audited(() => node.send('GET', 'Observation/o1'));
    return events[0]?.id ?? '';
  };
  [event, shown] = [await read(), await read()];
  node.suspended.clear();
});

const suspend = () => void node.suspended.add(event);
/** What the patient is answered on every path that could show it, ids and times of the answers themselves left out. */
async function answers(id: string): Promise<unknown[]> {
  const paths = ['', '/_history/1', '/_history', '/$receipt', '/_history/1/$receipt'];
  const answered = await Promise.all(paths.map((path) => node.send('GET', `AuditEvent/${id}${path}`, anna)));
  return answered.map(({ status, text }) => [status, text.replaceAll(id, 'ID')]);
}

describe('an AuditEvent that is suspended (45 CFR 164.528(a)(2))', () => {
  test('is to its patient as if it did not exist: by id, version, history and receipt', async () => {
    await node.log.publish();
    expect((await node.send('GET', `AuditEvent/${event}`, anna)).status).toBe(200);
    suspend();
    expect(await answers(event)).toEqual(await answers('0'.repeat(32)));
    expect((await node.send('GET', `AuditEvent/${shown}`, anna)).status).toBe(200);
  });

  test('is in no search, page, count or history of the type, and leaves no gap in one', async () => {
    const before = await node.search('AuditEvent?subtype=read&_count=1', anna);
    expect(before).toContain(event);
    suspend();
    expect(await node.search('AuditEvent?subtype=read&_count=1', anna)).toEqual(
      before.filter((id) => id !== event),
    );
    const { json } = await node.send('GET', 'AuditEvent?subtype=read&_summary=count', anna);
    expect(json.total).toBe(before.length - 1);
    const history = await node.send('GET', 'AuditEvent/_history?_count=200', anna);
    expect(history.text).not.toContain(event);
    expect(await node.search(`AuditEvent?_id=${event}`, anna)).toEqual([]);
  });

  test('is read by staff, and that they read it tells the patient nothing either', async () => {
    suspend();
    const { result, events } = await node.audited(() => node.send('GET', `AuditEvent/${event}`));
    expect(result.status).toBe(200);
    expect(events.flatMap(patientsIn)).toEqual([]);
    expect(JSON.stringify(events)).not.toContain(`AuditEvent/${event}`);
  });
});
