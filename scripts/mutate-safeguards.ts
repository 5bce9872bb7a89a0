/**
 * `npm run mutate`: takes one safeguard after the other out of a copy of the tree and runs the test that must notice, which must be green
 * with the safeguard in place. Ends with 1 when a test does not turn red. With `--write` what was seen is kept in
 * `test/safeguards/mutation-run.json`, from which `npm run compliance` makes the table in docs/compliance.md.
 * `npm run mutate -- consent lock` takes those whose words or file have one of these in them; `--new` those that were not seen yet.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Mutation } from '../test/safeguards/mutation.ts';
import { type MutationRun, RUN_FILE, type SeenRed, seenOf } from '../test/safeguards/mutation-run.ts';
import { mutations } from '../test/safeguards/mutations/index.ts';
import { fileOf } from './judge-mutation.ts';
import { SafeguardCopy } from './safeguard-copy.ts';
import { root } from './test-part.ts';

/** Copies in which one safeguard is missing at a time. */
const COPIES = 2; // tests wait as much as they compute

const path = join(root, RUN_FILE);
const before = JSON.parse(readFileSync(path, 'utf8')) as MutationRun;
const words = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const isWritten = process.argv.includes('--write');
const isForNew = process.argv.includes('--new');
const chosen = mutations
  .filter(({ safeguard, file }) =>
    words.length === 0 ? true : words.some((word) => safeguard.includes(word) || file.includes(word)),
  )
  .filter((mutation) => !isForNew || seenOf(before, mutation) === undefined);

const date = new Date().toISOString().slice(0, 10);
const red = new Map<Mutation, SeenRed>();
const failures = new Map<Mutation, string>();

/** Kept after each, so that a run that is ended loses nothing. */
function keep(): void {
  const seen = mutations.flatMap((each) =>
    failures.has(each) ? [] : (red.get(each) ?? seenOf(before, each) ?? []),
  );
  if (isWritten) writeFileSync(path, `${JSON.stringify({ seen }, null, 2)}\n`);
}

function note(mutation: Mutation, outcome: string, said: string, milliseconds: number): void {
  const { safeguard, turnsRed } = mutation;
  const seconds = Math.round(milliseconds / 100) / 10;
  process.stdout.write(`${outcome} ${seconds} s  ${safeguard}: ${said}\n`);
  if (outcome === 'red') red.set(mutation, { safeguard, turnsRed, date, seconds });
  else failures.set(mutation, outcome);
  keep();
}

/** The safeguards that one file of tests watches over. */
async function takeOut(copy: SafeguardCopy, some: readonly Mutation[]): Promise<void> {
  const complete = await copy.complete(some);
  for (const mutation of some) {
    const outcome = complete.get(mutation) ?? 'absent';
    if (outcome !== 'green') note(mutation, `${outcome} with it`, '', 0);
    else {
      const seen = await copy.without(mutation);
      note(mutation, seen.outcome, seen.said, seen.milliseconds);
    }
  }
}

const waiting = [...Map.groupBy(chosen, fileOf).values()];
const copies = Array.from({ length: COPIES }, () => new SafeguardCopy());
try {
  await Promise.all(
    copies.map(async (copy) => {
      for (let some = waiting.shift(); some !== undefined; some = waiting.shift()) await takeOut(copy, some);
    }),
  );
} finally {
  for (const copy of copies) copy.remove();
}

process.stdout.write(`\n${red.size} of ${chosen.length} safeguards: their test turned red without them\n`);
for (const [{ safeguard }, outcome] of failures) process.stdout.write(`  ${outcome}: ${safeguard}\n`);
process.exit(failures.size === 0 ? 0 : 1);
