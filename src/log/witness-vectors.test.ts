import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { nativePrimitives } from '../crypto/index.ts';
import { openDatabase } from '../database/index.ts';
import { ED25519_COSIGNATURE, noteVerifier, openNote, parseVerifierKey } from '../proof/index.ts';
import { Alarms, logMigrations, Witness } from './index.ts';
import { testSigner, vkey } from './suite/material.ts';

const FILE = join(
  process.env.HOLDFAST_TESTDATA ?? join(process.cwd(), '../shared/testdata'),
  'tlog/witness-add-checkpoint.json',
);
const absent = !existsSync(FILE);
if (absent && process.env.CI === 'true') throw new Error(`the vectors are missing: ${FILE}`);
if (absent) console.warn(`skipped: no vectors in ${FILE}`);

interface Step {
  readonly requestBody: string;
  readonly status: number;
  readonly body?: string;
  readonly bodyContains?: string;
}

/**
 * The run was recorded with a witness that answers 403 to a log it does not know. C2SP tlog-witness says: "If the checkpoint origin
 * is unknown, the witness MUST respond with a 404". The text goes before the recording.
 */
function expectedStatus(step: Step): number {
  return step.bodyContains === 'unknown log' ? 404 : step.status;
}

describe.skipIf(absent)('a recorded run of another implementation', () => {
  test('every step is answered as recorded, unknown logs as the specification says', async () => {
    const { log, steps } = JSON.parse(readFileSync(FILE, 'utf8')) as {
      log: { origin: string; vkey: string };
      steps: Step[];
    };
    expect(steps).toHaveLength(9);
    const database = openDatabase({ path: ':memory:', migrations: logMigrations });
    const now = () => new Date();
    const signer = testSigner('example.com/witness', 'witness of the recorded run');
    const witness = new Witness({
      database,
      signer,
      now,
      alarms: new Alarms({ database, now }),
      primitives: nativePrimitives,
      knownLogs: () => [{ origin: log.origin, organisation: 'sigsum', keys: [parseVerifierKey(log.vkey)] }],
    });
    const own = noteVerifier(parseVerifierKey(vkey(signer, ED25519_COSIGNATURE)));
    for (const [index, step] of steps.entries()) {
      const reply = await witness.addCheckpoint(step.requestBody);
      expect(reply.status, `step ${index + 1}`).toBe(expectedStatus(step));
      if (step.body !== undefined) expect(reply.body).toBe(step.body);
      if (step.bodyContains !== undefined) expect(reply.body).toContain(step.bodyContains);
      if (reply.status === 409) expect(reply.contentType).toBe('text/x.tlog.size');
      if (reply.status !== 200) continue;
      const text = step.requestBody.slice(step.requestBody.indexOf('\n\n') + 2).split('\n\n')[0];
      expect(openNote(`${text}\n\n${reply.body}`, [own]).verified).toHaveLength(1);
    }
    expect(witness.witnessedHead(log.origin)?.size).toBe(5);
    database.close();
  });
});
