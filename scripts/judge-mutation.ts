import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { partsOf } from '../test/safeguards/evidence.ts';
import type { Mutation } from '../test/safeguards/mutation.ts';
import { root } from './test-part.ts';

/** What one test did: `absent` when it did not run, which is neither. */
export type Outcome = 'green' | 'red' | 'absent';

/** What was seen of one test. */
export interface Seen {
  readonly outcome: Outcome;
  readonly milliseconds: number;
  /** First line of what it said when it failed; empty when it did not. */
  readonly said: string;
}

/** What Vitest's JSON reporter writes of one test, as far as it is read here. */
interface Reported {
  readonly status: string;
  readonly title: string;
  readonly ancestorTitles: readonly string[];
  readonly failureMessages?: readonly string[];
}

interface Report {
  readonly testResults: readonly { readonly assertionResults: readonly Reported[] }[];
}

/** A test that waits for what never comes is ended. */
const LONGEST_MS = 600_000; // the journeys among them start a node, on a busy machine
/** Of a failure's words. */
const MAX_SAID = 120; // a line of a table

/** A title as a pattern: placeholders stand for anything. */
const patternOf = (title: string): string =>
  title
    .split(/%[sjidfo]|\$\w+|…/)
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');

const projectOf = (file: string): string => (file.startsWith('test/journeys/') ? 'journeys' : 'unit');

/** Runs the test of a mutation, and no other, in a folder that holds a copy of the tree. */
export async function judge(folder: string, mutation: Mutation): Promise<Seen> {
  const { title } = partsOf(mutation.turnsRed);
  const started = performance.now();
  const results = await resultsOf(folder, [fileOf(mutation)], ['-t', patternOf(title)]);
  return { ...seenIn(results, title), milliseconds: performance.now() - started };
}

/** Runs the tests of mutations that one file watches over, once, and says of each what it did. */
export async function judgeAll(
  folder: string,
  some: readonly Mutation[],
): Promise<ReadonlyMap<Mutation, Outcome>> {
  const titles = some.map(({ turnsRed }) => partsOf(turnsRed).title);
  const files = [...new Set(some.map(fileOf))];
  const results = await resultsOf(folder, files, ['-t', titles.map(patternOf).join('|')]);
  return new Map(some.map((each, at) => [each, seenIn(results, titles[at] ?? '').outcome]));
}

/** The file by which the test of a mutation is run. */
export const fileOf = ({ turnsRed, run }: Mutation): string => run ?? partsOf(turnsRed).file;

function seenIn(results: readonly Reported[], title: string): Pick<Seen, 'outcome' | 'said'> {
  const named = new RegExp(`^${patternOf(title)}$`);
  const ran = results.filter(
    ({ status, ...result }) =>
      (status === 'passed' || status === 'failed') &&
      (named.test(result.title) || result.ancestorTitles.some((each) => named.test(each))),
  );
  const failed = ran.find(({ status }) => status === 'failed');
  return {
    outcome: ran.length === 0 ? 'absent' : failed === undefined ? 'green' : 'red',
    said: (failed?.failureMessages?.[0] ?? '').split('\n')[0]?.slice(0, MAX_SAID) ?? '',
  };
}

/** What the tests of some files of one project did; none when they could not run. */
async function resultsOf(folder: string, files: string[], more: string[]): Promise<readonly Reported[]> {
  const report = join(folder, 'mutation-report.json');
  const project = projectOf(files[0] ?? '');
  const line = ['run', '--project', project, ...files, ...more];
  await ended(folder, [...line, '--reporter=json', `--outputFile.json=${report}`]);
  if (!existsSync(report)) return [];
  const text = readFileSync(report, 'utf8').replaceAll(folder, '');
  rmSync(report);
  return (JSON.parse(text) as Report).testResults.flatMap(({ assertionResults }) => assertionResults);
}

function ended(folder: string, line: string[]): Promise<void> {
  return new Promise((resolve) => {
    const child = spawn(join(root, 'node_modules/.bin/vitest'), line, {
      cwd: folder,
      stdio: 'ignore',
      timeout: LONGEST_MS,
      // Red must come from the test, not from the clock.
      env: {
        HOLDFAST_TEST_PATIENCE: '10',
        HOLDFAST_TESTDATA: join(root, '..', 'shared', 'testdata'),
        ...process.env,
      },
    });
    child.once('error', () => resolve());
    child.once('exit', () => resolve());
  });
}
