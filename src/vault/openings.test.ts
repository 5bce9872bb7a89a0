import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  canonicalize,
  contentCommitment,
  contentSalt,
  type Event,
  entryCommitment,
  toBase64,
} from '../proof/index.ts';
import {
  ContentSalts,
  contentCommitment as fastContent,
  entryCommitment as fastEntry,
} from './entries/commitments.ts';
import { eventText } from './entries/event-text.ts';
import {
  auditOf,
  type Hospital,
  observation,
  openHospital,
  patient,
  removeFolder,
  versionOf,
} from './suite/hospital.ts';

let hospital: Hospital;
beforeEach(async () => {
  hospital = await openHospital({ cacheBytes: 0 });
});
afterEach(async () => {
  await hospital.close();
  removeFolder(hospital);
});

/** Checks an opening with proof's own code against the log. */
function expectProven(opening: Awaited<ReturnType<Hospital['vault']['opening']>>, content?: string): Event {
  if (opening === undefined) throw new Error('there is an opening');
  expect(hospital.log.entry(opening.leaf)).toEqual(entryCommitment(opening.salt, opening.event));
  if (content !== undefined) {
    expect(opening.content).toBe(content);
    expect(toBase64(contentCommitment(opening.contentSalt ?? new Uint8Array(), content))).toBe(
      opening.event.content,
    );
  }
  return opening.event;
}

test('a log record alone does not tell which event it is of: equal events have different records', async () => {
  const write = () =>
    hospital.vault.commit({
      events: [{ kind: 'sign-in', object: 'user/1', actor: 'x', time: '2026-01-01T00:00:00.000Z' }],
    });
  const [[a], [b]] = [await write(), await write()];
  expect(hospital.log.entry(a?.leaf ?? 0)).not.toEqual(hospital.log.entry(b?.leaf ?? 0));
});

describe('an opening', () => {
  test('of a version proves its event and content against the log', async () => {
    const write = versionOf(observation('o1', 'p1'));
    const [logged] = await hospital.vault.commit({ versions: [write] });
    const event = expectProven(await hospital.vault.opening('Observation/o1/_history/1'), write.text);
    expect(event).toEqual({
      v: 1,
      id: logged?.eventId,
      kind: 'fhir.version',
      time: write.lastUpdated,
      organisation: 'st-mary',
      actor: 'client-1',
      object: 'Observation/o1/_history/1',
      content: event.content,
      height: 7,
      block: 'ab'.repeat(32),
    });
    expect(await hospital.vault.opening(logged?.eventId ?? '')).toMatchObject({
      leaf: logged?.leaf,
      event: { id: logged?.eventId },
    });
  });

  test('of a request’s AuditEvent is found by object and by event id', async () => {
    const audit = auditOf('Observation/o1', ['p1']);
    await hospital.vault.commit({ audits: [audit] });
    expectProven(await hospital.vault.opening(`AuditEvent/${audit.id}/_history/1`), audit.text);
    const event = expectProven(await hospital.vault.opening(audit.id), audit.text);
    expect(event).toMatchObject({ id: audit.id, kind: 'fhir.access' });
  });

  test('of a Consent is under the audit key', async () => {
    const write = versionOf({
      resourceType: 'Consent',
      id: 'c1',
      status: 'active',
      scope: {},
      category: [{}],
      patient: { reference: 'Patient/p1' },
    });
    await hospital.vault.commit({ versions: [write] });
    expectProven(await hospital.vault.opening('Consent/c1/_history/1'), write.text);
  });

  test('of a partial release has the content that was sent, under the key of its source', async () => {
    await hospital.vault.commit({ versions: [versionOf(patient('p1'))] });
    const text = '{"resourceType":"Patient","id":"p1"}';
    const time = new Date().toISOString();
    const release = (sourceKey: 'audit' | { type: string; id: string }) =>
      hospital.vault.commit({
        events: [
          {
            kind: 'disclosure',
            object: 'Patient/p1/_history/1',
            actor: 'x',
            time,
            content: { text, sourceKey },
          },
        ],
      });
    for (const sourceKey of ['audit' as const, { type: 'Patient', id: 'p1' }]) {
      const [logged] = await release(sourceKey);
      const event = expectProven(await hospital.vault.opening(logged?.eventId ?? ''), text);
      expect(event.object).toBe('Patient/p1/_history/1');
    }
    await expect(release({ type: 'Patient', id: 'absent' })).rejects.toMatchObject({ code: 'not-found' });
  });

  test('is absent for what was never logged', async () => {
    for (const object of [
      'Observation/o1/_history/1',
      'Observation/o1',
      'f'.repeat(32),
      '',
      '../etc',
      `AuditEvent/${'f'.repeat(32)}/_history/1`,
    ]) {
      expect(await hospital.vault.opening(object)).toBeUndefined();
    }
  });
});

test('an event of a wrong form is refused before anything is written', async () => {
  const good = { kind: 'sign-in', object: 'user/1', actor: 'x', time: '2026-01-01T00:00:00.000Z' };
  for (const wrong of [
    { kind: 'Sign In' },
    { object: '' },
    { object: 'a\nb' },
    { actor: 'x'.repeat(1025) },
    { time: '2026-01-01' },
    { time: '2026-13-01T00:00:00.000Z' },
    { id: 'xyz' },
  ]) {
    await expect(hospital.vault.commit({ events: [{ ...good, ...wrong }] })).rejects.toMatchObject({
      code: 'malformed',
    });
  }
  expect(hospital.log.size()).toBe(0);
});

test('commitments and event texts are those of proof, whatever an actor or object is called', () => {
  const text = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
    .filter((each) => /^\P{Cc}+$/u.test(each));
  const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 });
  fc.assert(
    fc.property(text, text, fc.option(bytes), fc.nat(), bytes, (actor, object, content, height, salt) => {
      const event: Event = {
        v: 1,
        id: '0123456789abcdef'.repeat(2),
        kind: 'fhir.version',
        time: '2026-01-01T00:00:00.000Z',
        organisation: 'st-mary',
        actor,
        object,
        ...(content === null ? {} : { content: toBase64(content) }),
        height,
        block: 'cd'.repeat(32),
      };
      expect(eventText(event)).toBe(canonicalize(event));
      expect(new Uint8Array(fastEntry(salt, eventText(event)))).toEqual(entryCommitment(salt, event));
      expect(new Uint8Array(new ContentSalts(salt).of(event.id))).toEqual(contentSalt(salt, event.id));
      expect(new Uint8Array(fastContent(salt, object))).toEqual(contentCommitment(salt, object));
    }),
    { numRuns: 200, seed: 5 },
  );
  // Longer than the shared buffer.
  const long = 'ü'.repeat(100_000);
  const salt = new Uint8Array(32).fill(9);
  expect(new Uint8Array(fastContent(salt, long))).toEqual(contentCommitment(salt, long));
});
