import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nativePrimitives } from '../../crypto/index.ts';
import {
  type Configuration,
  checkFolder,
  cloneFolder,
  DEMO_PASSPHRASE,
  demoConfiguration,
} from '../../node/index.ts';
import { type BundleItem, formatReceiptBundle, VerificationCache, verifyBundle } from '../../proof/index.ts';
import { CUSTODIAN } from './cast.ts';
import type { Stage } from './consent-scenes.ts';
import type { Narrator } from './narrator.ts';
import { tamper } from './tampering.ts';

/** Verifies what was read, offline, and keeps it in a folder. */
export async function verify(
  { http, narrator }: Stage,
  items: readonly BundleItem[],
  folder: string,
  now: Date,
): Promise<void> {
  const { text: policy } = await http.send('/policy');
  const [records, policyFile] = [join(folder, 'records.json'), join(folder, 'policy.txt')];
  const bundle = formatReceiptBundle({ version: 1, policies: [policy], items });
  mkdirSync(folder, { recursive: true });
  writeFileSync(records, bundle);
  writeFileSync(policyFile, policy);
  const options = () => ({
    policies: [policy],
    now,
    primitives: nativePrimitives,
    cache: new VerificationCache(),
  });
  const verdict = verifyBundle(bundle, options());
  narrator.step('verify', `Every one of the ${items.length} receipts verifies, offline`, {
    ok: verdict.ok,
    receipts: items.length,
    records,
    policy: policyFile,
  });
  narrator.say(
    'The entry is in the hospital’s log, and a quorum of the other organisations signed what the log contained. Try it yourself:',
  );
  narrator.command(`npx holdfast verify ${records} --policy ${policyFile}`);
  const [first] = items;
  if (first?.content === undefined) return;
  // One character of its id, to which any other resource could have been put.
  const changed = first.content.replace(
    /"id":"(.)/,
    (_all, letter: string) => `"id":"${letter === '0' ? '1' : '0'}`,
  );
  const forged = verifyBundle(
    formatReceiptBundle({ version: 1, policies: [], items: [{ ...first, content: changed }] }),
    options(),
  );
  const codes = 'verdicts' in forged ? forged.verdicts.flatMap((each) => (each.ok ? [] : [each.code])) : [];
  narrator.step(
    'forge',
    `The same receipt over content with one other character does not: ${codes.join(', ')}`,
    {
      ok: !forged.ok,
      codes,
    },
  );
}

/** Changes one bit in a copy of the data, and has it found. */
export async function tamperAndFind(
  narrator: Narrator,
  configuration: Configuration,
  copy: string,
): Promise<void> {
  narrator.progress('copying the data folder');
  await cloneFolder(configuration, copy);
  const check = () =>
    checkFolder({
      configuration: demoConfiguration(copy, {}),
      passphrase: DEMO_PASSPHRASE,
      onProgress: (what) => narrator.progress(what),
    });
  const before = await check();
  const { file, row, byte } = tamper(copy, CUSTODIAN.id);
  narrator.step(
    'tamper',
    `Somebody with the disk in hand flips one bit of one record in a copy of the data`,
    { ok: before.ok, file, row, byte },
  );
  narrator.say(
    `${file}, row ${row}, byte ${byte}. It is sealed: from the file nobody can tell whose record it is, or what it says.`,
  );
  const after = await check();
  const found = after.problems.find(
    ({ organisation, object }) =>
      organisation === CUSTODIAN.id && /^[A-Z][A-Za-z]+\/.+\/_history\/\d+$/.test(object),
  );
  const title =
    found === undefined
      ? 'fsck finds nothing'
      : `fsck finds it and names the record: ${found.object} (${found.code})`;
  narrator.step('found', title, { ok: found !== undefined && !after.ok, problems: after.problems });
  if (found !== undefined)
    narrator.say(
      `${found.detail} Checked: ${after.checked.versions} versions against ${after.checked.entries} log entries and ${after.checked.blocks} blocks.`,
    );
}
