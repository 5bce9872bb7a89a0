import { writeSync } from 'node:fs';
import { randomBytes } from '../../crypto/index.ts';
import { VaultError } from '../index.ts';
import { observation, openHospital, patient, versionOf } from './hospital.ts';

// Writes until the file-size limit that the shell has set is met, then shows that reads go on and that nothing more is
// written; says on standard output what was acknowledged and which errors came.

// With a handler, a write beyond the limit fails instead of ending the process.
process.on('SIGXFSZ', () => undefined);

const [folder = ''] = process.argv.slice(2);
const say = (value: unknown) => writeSync(1, `${JSON.stringify(value)}\n`);
const hospital = await openHospital({ folder, cacheBytes: 0 });
await hospital.vault.commit({ versions: [versionOf(patient('p0'))] });
const codes = new Set<string>();
let written = 0;
for (let number = 0; number < 4_000 && codes.size === 0; number += 1) {
  const batch = Array.from({ length: 8 }, (_, index) =>
    versionOf(observation(`o${number}-${index}`, 'p0', { note: [{ text: `${Math.random()}`.repeat(60) }] })),
  );
  const done = await Promise.allSettled(
    batch.map((version) => hospital.vault.commit({ versions: [version] })),
  );
  for (const [index, outcome] of done.entries()) {
    if (outcome.status === 'fulfilled') {
      written += 1;
      say({ id: `o${number}-${index}` });
    } else codes.add(outcome.reason instanceof VaultError ? outcome.reason.code : String(outcome.reason));
  }
}
const first = await hospital.vault.read('Observation', 'o0-0');
const again = await hospital.vault
  .commit({
    versions: [
      versionOf(observation('late', 'p0', { note: [{ text: randomBytes(3_000_000).toString('hex') }] })),
    ],
  })
  .then(
    () => 'done',
    (error: VaultError) => error.code,
  );
say({
  codes: [...codes],
  written,
  reads: first?.text !== undefined,
  absent: (await hospital.vault.read('Observation', 'late')) === undefined,
  again,
});
