import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import type { VaultError } from './index.ts';
import {
  auditOf,
  find,
  type Hospital,
  observation,
  openHospital,
  patient,
  removeFolder,
  versionOf,
} from './suite/hospital.ts';

let hospital: Hospital;
afterEach(async () => {
  await hospital.close();
  removeFolder(hospital);
});

/** The number of a counter kept in a resource's note. */
const noteOf = (text: string | undefined) => Number(/"text":"(\d+)"/.exec(text ?? '')?.[1] ?? 0);

describe('writers at once', () => {
  test('lose no update and leave no gap in version numbers', async () => {
    hospital = await openHospital();
    const { vault } = hospital;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(2), { minLength: 1, maxLength: 60 }),
        fc.uuid(),
        async (targets, run) => {
          const ids = [0, 1, 2].map((number) => `${run}-${number}`);
          const add = (id: string) =>
            vault.transact([`Observation/${id}`], (read) => {
              const current = read.read('Observation', id);
              const note = [{ text: String(noteOf(current?.text) + 1) }];
              const version = versionOf(
                observation(id, 'p1', { note }),
                (read.head('Observation', id)?.version ?? 0) + 1,
              );
              return {
                change: { versions: [version], audits: [auditOf(`Observation/${id}`, ['p1'])] },
                result: version.version,
              };
            });
          const results = await Promise.all(targets.map((target) => add(ids[target] ?? '')));
          for (const [number, id] of ids.entries()) {
            const count = targets.filter((target) => target === number).length;
            const mine = results.filter((_, at) => targets[at] === number).map(({ result }) => result);
            expect(mine.sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, at) => at + 1));
            if (count > 0) expect(noteOf((await vault.read('Observation', id))?.text)).toBe(count);
          }
        },
      ),
      { numRuns: 12, seed: 99 },
    );
    const fsck = await hospital.fsck();
    expect(fsck.problems).toEqual([]);
  });

  test('get consecutive leaves: one for each version, audit and event, in that order', async () => {
    hospital = await openHospital();
    const { vault } = hospital;
    const changes = Array.from({ length: 40 }, (_, number) => ({
      versions: [versionOf(observation(`o${number}`, 'p1'))],
      audits: [auditOf(`Observation/o${number}`, ['p1'])],
      events: [{ kind: 'sign-in', object: `user/${number}`, actor: 'x', time: new Date().toISOString() }],
    }));
    const all = await Promise.all(changes.map((change) => vault.commit(change)));
    for (const receipts of all) {
      const [version, audit, event] = receipts;
      expect(receipts).toHaveLength(3);
      expect([audit?.leaf, event?.leaf]).toEqual([(version?.leaf ?? 0) + 1, (version?.leaf ?? 0) + 2]);
      expect(version?.object).toMatch(/^Observation\/o\d+\/_history\/1$/);
      expect(audit?.object).toMatch(/^AuditEvent\//);
      for (const { object, leaf, eventId } of receipts) {
        const opening = await vault.opening(object.startsWith('user/') ? eventId : object);
        expect(opening).toMatchObject({ leaf, event: { id: eventId, object } });
      }
    }
    expect(
      all
        .flat()
        .map(({ leaf }) => leaf)
        .sort((a, b) => a - b),
    ).toEqual(Array.from({ length: 120 }, (_, at) => at));
    expect(hospital.log.size()).toBe(120);
  });

  test('share commits, and one that is refused does not take the others with it', async () => {
    hospital = await openHospital();
    const { vault } = hospital;
    await vault.commit({ versions: [versionOf(patient('p1'))] });
    const commits = () =>
      hospital.database.prepare('SELECT count(*) AS n FROM vault_pages').get<{ n: number }>()?.n ?? 0;
    const before = commits();
    const writes = Array.from({ length: 64 }, (_, number) => {
      const wrong = number % 8 === 0;
      return vault.commit({ versions: [versionOf(observation(`o${number}`, 'p1'), wrong ? 7 : 1)] }).then(
        () => 'done',
        (error: VaultError) => error.code,
      );
    });
    const outcomes = await Promise.all(writes);
    expect(outcomes.filter((each) => each === 'done')).toHaveLength(56);
    expect(outcomes.filter((each) => each === 'version-conflict')).toHaveLength(8);
    expect(commits() - before).toBe(4);
    expect(await find(vault, 'Observation', '', 100)).toHaveLength(56);
  });

  test('never wait for each other in a circle', async () => {
    hospital = await openHospital();
    const { vault } = hospital;
    const order: string[] = [];
    const hold = (locks: string[], name: string) =>
      vault.transact(locks, () => {
        order.push(name);
        return { change: { audits: [auditOf('Patient/p1')] }, result: name };
      });
    await Promise.all([
      hold(['a', 'b'], '1'),
      hold(['b', 'a'], '2'),
      hold(['b', 'b', 'c'], '3'),
      hold(['c', 'a'], '4'),
    ]);
    expect(order).toHaveLength(4);
    await expect(
      vault.transact(['a'], () => {
        throw new Error('refused by the caller');
      }),
    ).rejects.toThrow('refused by the caller');
    expect((await hold(['a'], '5')).result).toBe('5');
  });

  test('that are more than can wait are told so', async () => {
    hospital = await openHospital();
    const { vault } = hospital;
    const time = new Date().toISOString();
    const writes = Array.from({ length: 10_050 }, (_, number) =>
      vault.commit({ events: [{ kind: 'sign-in', object: `user/${number}`, actor: 'x', time }] }),
    );
    const outcomes = await Promise.allSettled(writes);
    const refused = outcomes.filter((each) => each.status === 'rejected');
    expect(refused).toHaveLength(50);
    expect(refused.every(({ reason }) => (reason as VaultError).code === 'busy')).toBe(true);
    expect(hospital.log.size()).toBe(10_000);
  });

  test('find the vault closed after it has finished what it had', async () => {
    hospital = await openHospital();
    const { vault } = hospital;
    const last = vault.commit({ versions: [versionOf(patient('p1'))] });
    await vault.close();
    await expect(last).resolves.toHaveLength(1);
    await expect(vault.commit({ versions: [versionOf(patient('p2'))] })).rejects.toMatchObject({
      code: 'unavailable',
    });
  });
});
