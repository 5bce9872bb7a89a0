import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask } from './ask.ts';
import { BORN, ExchangeNetwork, emergencyQuestion, type MemberNode } from './suite/index.ts';

let network: ExchangeNetwork;
let hospital: MemberNode;
const answers: string[] = [];
beforeAll(async () => {
  network = await ExchangeNetwork.start('st-mary', 'lakeside', 'meridian');
  hospital = network.node('st-mary');
  for (const id of ['guessed', 'beside'])
    await hospital.put({ resourceType: 'Patient', id, birthDate: BORN });
  await network.publish();
  for (let at = 1; at <= 5; at++) answers.push(await tried(`1961-05-0${at}`));
}, 120_000);
afterAll(() => network?.stop());

const asked = (ids: readonly string[], birthDate = BORN) =>
  ask(
    network.node('lakeside').asker,
    network.member('st-mary'),
    'emergency',
    emergencyQuestion({ ids, birthDate }),
  );
const tried = (birthDate: string) =>
  asked(['guessed'], birthDate).then(
    () => 'answered',
    (error: { code: string }) => error.code,
  );
const opened = async () =>
  (await hospital.breakGlass.list({ limit: 50 })).glass.map(({ patient }) => patient);

test('after five wrong days of birth a member is refused the right one too, in the same words as where there is nobody', async () => {
  expect(new Set(answers)).toEqual(new Set(['not-permitted']));
  const refused = (id: string) => asked([id]).catch((error: Error) => ({ ...error, message: error.message }));
  expect(await refused('guessed')).toEqual(await refused('nobody'));
  expect(await opened()).toEqual([]);
});

test('it learns nothing by asking for somebody it knows beside', async () => {
  // Were the first identified by it, it could not be told which of two is meant, and neither would be answered for.
  for (const other of ['guessed', 'nobody'])
    expect(await asked([other, 'beside'])).toContain('Patient/beside');
  expect(await opened()).toEqual(['beside']);
});

test('it is noted in the patient’s own trail, from the fifth on', async () => {
  const events = await hospital.auditEvents('exchange-emergency');
  const naming = events.filter((text) => text.includes('Patient/guessed'));
  // The fifth, the right one, and that beside somebody else: not the first four, which may be slips.
  expect(naming).toHaveLength(3);
  for (const text of naming) {
    expect(text).toContain('"outcomeDesc":"identity-guessed"');
    expect(text).toContain('"value":"lakeside"');
  }
});

test('no other member is kept from asking', async () => {
  await ask(
    network.node('meridian').asker,
    network.member('st-mary'),
    'emergency',
    emergencyQuestion({ ids: ['guessed'] }),
  );
  expect(await opened()).toEqual(['guessed', 'beside']);
});
