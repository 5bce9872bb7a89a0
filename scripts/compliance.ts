/** `npm run compliance`: writes docs/compliance.md from the tables in test/safeguards and the last run of `npm run mutate`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DOCUMENT, documentText } from '../test/safeguards/document.ts';
import { missingEvidence } from '../test/safeguards/missing-evidence.ts';
import { type MutationRun, RUN_FILE } from '../test/safeguards/mutation-run.ts';
import { root } from './test-part.ts';

const missing = missingEvidence();
if (missing.length > 0) {
  process.stderr.write(
    `Tests that are named and are not there:\n${missing.map((each) => `  ${each}\n`).join('')}`,
  );
  process.exit(1);
}
const run = JSON.parse(readFileSync(join(root, RUN_FILE), 'utf8')) as MutationRun;
writeFileSync(join(root, DOCUMENT), documentText(run));
