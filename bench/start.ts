/** `bench start`: how long the demo takes from nothing until it serves, installation excluded: four organisations, their patients loaded. */
import { temporaryFolder } from '../test/journeys/harness/checkout.ts';
import { startNode } from '../test/journeys/harness/running-node.ts';
import { median, writeResult } from './machine.ts';

const ROUNDS = 3; // the median says how much they differ
const PATIENTS = 24; // as `npm start` has it
const TARGET_SECONDS = 20; // the requirement

async function startOnce(): Promise<number> {
  const node = await startNode({ data: temporaryFolder('bench-start'), patients: PATIENTS, arguments: [] });
  await node.stop();
  return Number((node.startedInMs / 1_000).toFixed(1));
}

const rounds: number[] = [];
for (let round = 0; round < ROUNDS; round++) rounds.push(await startOnce());
const result = {
  what: `seconds from nothing until the demo with ${PATIENTS} patients serves`,
  seconds: median(rounds),
  target: TARGET_SECONDS,
  rounds,
};
console.log(result);
writeResult('start', result);
if (result.seconds >= TARGET_SECONDS) process.exitCode = 1;
