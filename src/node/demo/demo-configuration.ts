import { type Configuration, parseConfiguration } from '../configuration.ts';
import { readDemo } from './demo-folder.ts';

/** The consortium: hospital, clinic, payer, life sciences (FORMATS §8). */
export const DEMO_ORGANISATIONS = [
  // A hospital has a unit that is a program under 42 CFR Part 2, as many have.
  {
    id: 'st-mary',
    name: 'St. Mary Hospital',
    labelling: { part2Program: ['Organization/recovery-unit'] },
  },
  { id: 'lakeside', name: 'Lakeside Clinic' },
  { id: 'meridian', name: 'Meridian Health Plan' },
  { id: 'aurora', name: 'Aurora Life Sciences' },
] as const;
/** Heads go on the ledger while people look on. */
const ANCHOR_MS = 5_000; // soon enough for a demonstration, without a block every second

/**
 * A demo's configuration: made in memory, so that its folder holds no file that could be mistaken for a node's. All four
 * organisations on the embedded ledger, or the one that the folder's marker names on Fabric.
 */
export function demoConfiguration(data: string, environment: NodeJS.ProcessEnv): Configuration {
  const file = { mode: 'demo', log: 'warn', anchorMs: ANCHOR_MS };
  const fabric = readDemo(data)?.fabric;
  if (fabric === undefined) {
    return parseConfiguration({ ...file, organisations: DEMO_ORGANISATIONS }, data, environment);
  }
  const { organisation, port, profile, founders } = fabric;
  const own = DEMO_ORGANISATIONS.filter(({ id }) => id === organisation);
  const ledger = { engine: 'fabric', profile, founders };
  return parseConfiguration({ ...file, port, ledger, organisations: own }, data, environment);
}
