import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../../journeys/harness/checkout.ts';

/** The document whose table the runs keep. */
const DOCUMENT = join(ROOT, 'docs', 'reliability.md');
const BEGIN = '<!-- results of test/faults/fabric: written by the run that measured them -->';
const END = '<!-- end of results -->';

/** What one fault came to. */
export interface FaultResult {
  /** What was done, in a few words. */
  readonly fault: string;
  /** Longest time without an acknowledgement anywhere while it lasted. */
  readonly pauseMs: number;
  readonly acknowledged: number;
  readonly lost: number;
  readonly forks: number;
  /** What else was seen. */
  readonly seen: string;
}

const row = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;

/** Whether results are kept: in long runs, and when it is asked for. */
export const isRecording = (): boolean =>
  process.env.HOLDFAST_LONG === '1' || process.env.HOLDFAST_RECORD === '1';

/** Puts a result into the table of docs/reliability.md, in the place of an older one of the same fault. */
export function recordResult(result: FaultResult): void {
  if (!isRecording() || !existsSync(DOCUMENT)) return;
  const text = readFileSync(DOCUMENT, 'utf8');
  const [before, rest] = text.split(BEGIN);
  const [table, after] = rest?.split(END) ?? [];
  if (before === undefined || table === undefined || after === undefined)
    throw new Error(`${DOCUMENT} has no table`);
  const { fault, pauseMs, acknowledged, lost, forks, seen } = result;
  const form = process.env.HOLDFAST_LONG === '1' ? 'long' : 'short';
  const machine = `${cpus().length} cores, ${process.platform}`;
  const day = new Date().toISOString().slice(0, 10);
  const seconds = (pauseMs / 1000).toFixed(1);
  const kept = table.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith(`| ${fault} |`));
  const [head = row(['fault', 'longest pause', 'acknowledged', 'lost', 'forks', 'seen', 'run']), ...rows] =
    kept.filter((line) => !line.startsWith('| ---'));
  rows.push(row([fault, `${seconds} s`, acknowledged, lost, forks, seen, `${day}, ${form}, ${machine}`]));
  const lines = [BEGIN, '', head, row(Array.from({ length: 7 }, () => '---')), ...rows.sort(), '', END];
  writeFileSync(DOCUMENT, `${before}${lines.join('\n')}${after}`);
}
