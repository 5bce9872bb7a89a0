import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { titlesOf } from '../safeguards/titles.ts';

const root = join(import.meta.dirname, '..', '..');
const document = readFileSync(join(root, 'docs/security.md'), 'utf8');

/** Code spans of the document: paths, and tests as `path › title`. */
const spans = [...document.matchAll(/`([^`\n]+)`/g)].map(([, text = '']) => text);
const shown = spans.filter((span) => span.includes(' › '));
const files = spans
  .map((span) => span.split(' › ')[0] ?? '')
  .filter((path) => /^(src|test|bench|scripts|packaging|web)\/.*\.\w+$/.test(path));

/** Rows of the tables below a heading of the second level, without their heads. */
function rowsBelow(heading: string): string[] {
  const [, section = ''] = document.split(`\n## ${heading}\n`);
  const [own = ''] = section.split('\n## ');
  return own
    .split('\n')
    .filter((line, at, lines) => line.startsWith('| ') && !lines[at + 1]?.startsWith('|---'));
}

interface Leakage {
  readonly parameters: readonly {
    readonly parameter: string;
    readonly rows: number;
    readonly values: number;
    readonly onceOnly: number;
    readonly rankPercent: number;
    readonly shapePercent: number;
  }[];
}

describe('the threat model', () => {
  test('names files that are there', () => {
    expect(files.length).toBeGreaterThan(50);
    expect(files.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  test('names tests that are there', () => {
    expect(shown.length).toBeGreaterThan(50);
    const paths = [...new Set(shown.map((span) => span.split(' › ')[0] ?? ''))];
    const there = paths
      .filter((path) => existsSync(join(root, path)))
      .flatMap((path) => [...titlesOf(path)].map((title) => `${path} › ${title}`));
    const titles = new Set(there);
    expect(shown.filter((span) => !titles.has(span))).toEqual([]);
  });

  test.each(['What is promised, and where it is tested', 'Attackers'])(
    'has a test for each row of "%s"',
    (heading) => {
      const rows = rowsBelow(heading);
      expect(rows.length).toBeGreaterThan(5);
      expect(rows.filter((row) => !row.includes(' › '))).toEqual([]);
    },
  );

  test('gives the figures that were measured last', () => {
    const newest = readdirSync(join(root, 'bench/results'))
      .filter((name) => name.startsWith('leakage-'))
      .sort()
      .at(-1);
    expect(document).toContain(`bench/results/${newest}`);
    const { parameters } = JSON.parse(
      readFileSync(join(root, 'bench/results', newest ?? ''), 'utf8'),
    ) as Leakage;
    const measured = parameters.map((each) => {
      const { parameter, rows, values, onceOnly, rankPercent, shapePercent } = each;
      const cells = [rows, values, onceOnly, rankPercent, shapePercent];
      return `| \`${parameter}\` | ${cells.map((cell) => cell.toLocaleString('en')).join(' | ')} |`;
    });
    const rows = rowsBelow('What the blind index leaks');
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.filter((row) => !measured.includes(row))).toEqual([]);
  });
});
