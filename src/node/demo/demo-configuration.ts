import { type Configuration, parseConfiguration } from '../configuration.ts';

/** The consortium: hospital, clinic, payer, life sciences (FORMATS §8). */
const ORGANISATIONS = [
  { id: 'st-mary', name: 'St. Mary Hospital' },
  { id: 'lakeside', name: 'Lakeside Clinic' },
  { id: 'meridian', name: 'Meridian Health Plan' },
  { id: 'aurora', name: 'Aurora Life Sciences' },
];
/** Heads go on the ledger while people look on. */
const ANCHOR_MS = 5_000; // soon enough for a demonstration, without a block every second

/** A demo's configuration: made in memory, so that its folder holds no file that could be mistaken for a node's. */
export function demoConfiguration(data: string, environment: NodeJS.ProcessEnv): Configuration {
  const file = { mode: 'demo', log: 'warn', anchorMs: ANCHOR_MS, organisations: ORGANISATIONS };
  return parseConfiguration(file, data, environment);
}
