import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DOCUMENT, documentText } from '../safeguards/document.ts';
import { missingEvidence, namedEvidence } from '../safeguards/missing-evidence.ts';
import { type MutationRun, mutated, occurrences, RUN_FILE, seenOf } from '../safeguards/mutation-run.ts';
import { mutations } from '../safeguards/mutations/index.ts';
import { regulations } from '../safeguards/regulations/index.ts';

const root = join(import.meta.dirname, '..', '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const run = JSON.parse(read(RUN_FILE)) as MutationRun;
const requirements = regulations.flatMap((each) => each.requirements);

describe('the compliance document', () => {
  test('names tests that are there, and none that is switched off', () => {
    expect(namedEvidence().length).toBeGreaterThan(150);
    expect(missingEvidence()).toEqual([]);
  });

  test('is what its tables say, to the byte', () => {
    expect(read(DOCUMENT) === documentText(run), 'run `npm run compliance`').toBe(true);
  });

  test('gives each clause once', () => {
    const clauses = requirements.map(({ clause }) => clause);
    expect(clauses.filter((clause, at) => clauses.indexOf(clause) !== at)).toEqual([]);
    expect(clauses.length).toBeGreaterThan(100);
  });

  test('passes over no section of the safeguards and of the rights of individuals', () => {
    const clauses = requirements.map(({ clause }) => clause).join(' ');
    const sections = [308, 310, 312, 314, 316, 502, 504, 506, 508, 510, 512, 514, 520, 522, 524, 526, 528];
    expect(sections.filter((section) => !clauses.includes(`164.${section}`))).toEqual([]);
  });
});

describe('a safeguard that is taken out', () => {
  test('every safeguard that is taken out stands in its file exactly once', () => {
    const wrong = mutations.filter(
      ({ file, find }) => !existsSync(join(root, file)) || occurrences(read(file), find) !== 1,
    );
    expect(wrong.map(({ file, find }) => `${file}: ${find}`)).toEqual([]);
    expect(mutations.length).toBeGreaterThanOrEqual(25);
  });

  test('leaves another source, and is not put where it would change something else', () => {
    for (const each of mutations) expect(mutated(read(each.file), each)).not.toBe(read(each.file));
    const [first] = mutations;
    if (first === undefined) throw new Error('no mutation');
    expect(() => mutated('', first)).toThrow(/stands there 0 times/);
    expect(() => mutated(first.find.repeat(2), first)).toThrow(/stands there 2 times/);
  });

  test('turned its test red when that was last tried', () => {
    const untried = mutations.filter((each) => seenOf(run, each) === undefined);
    expect(untried.map(({ safeguard }) => `npm run mutate -- --write '${safeguard}'`)).toEqual([]);
  });

  test('has a name of its own', () => {
    const names = mutations.map(({ safeguard }) => safeguard);
    expect(new Set(names).size).toBe(names.length);
  });
});
