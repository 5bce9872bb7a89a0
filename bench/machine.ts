import { mkdirSync, writeFileSync } from 'node:fs';
import { arch, cpus, platform, totalmem } from 'node:os';
import { join } from 'node:path';

/** What a figure depends on, and nothing that says whose machine it was. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
}

/** The machine of this process. */
export function machine(): Machine {
  return {
    processor: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${arch()}`,
    node: process.version,
  };
}

/** Today, as results are named by. */
export const today = (): string => new Date().toISOString().slice(0, 10);

/** Where results are kept. */
export const RESULTS = join(import.meta.dirname, 'results');

/** Writes `<name>-<date>.json` among the results, with date and machine. */
export function writeResult(name: string, result: object): void {
  mkdirSync(RESULTS, { recursive: true });
  const text = JSON.stringify({ date: today(), ...result, machine: machine() }, null, 2);
  writeFileSync(join(RESULTS, `${name}-${today()}.json`), `${text}\n`);
}

/** The middle of the values; the lower one of two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}
