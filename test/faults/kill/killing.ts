import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { temporaryFolder } from '../../journeys/harness/checkout.ts';
import { patientAt } from '../../journeys/harness/demo.ts';
import { freePort, type RunningNode, startNode } from '../../journeys/harness/running-node.ts';
import { aftermath, signedSize } from './aftermath.ts';
import { Load, type Round, type Work } from './load.ts';
import { pick, type Random, seededRandom } from './random.ts';

/** How a node was ended, and what was going on. */
export interface Kill {
  readonly number: number;
  /** `src/… function VERB table`, or `a moment` for one chosen by time alone. */
  readonly point: string;
  readonly when: 'before' | 'after' | 'any time';
  readonly acknowledged: number;
  readonly inFlight: ReadonlyMap<Work, number>;
  readonly problems: readonly string[];
}

/** What came of a series of kills. */
export interface KillReport {
  readonly seed: number;
  readonly kills: readonly Kill[];
  /** Every write point that the load reaches, and how often in the stock-taking run. */
  readonly points: ReadonlyMap<string, number>;
}

const SWITCH = pathToFileURL(join(import.meta.dirname, 'kill-switch.mjs')).href;
const QUICK = ['--anchor-ms', '1000', '--publish-ms', '150'];
const STOCK_MS = 2_500; // two anchors and a dozen publications
const POINT_TIMEOUT_MS = 4_000; // a rare point comes within three anchors, or the moment is taken as it is
const LATEST_MOMENT_MS = 700; // past a publication and, more often than not, an anchor

interface Stage {
  readonly data: string;
  readonly port: number;
  readonly note: string;
}

const armed = (stage: Stage, environment: Record<string, string>): Promise<RunningNode> =>
  startNode({
    data: stage.data,
    port: stage.port,
    patients: 1,
    arguments: QUICK,
    environment: {
      NODE_OPTIONS: `--import ${SWITCH}`,
      HOLDFAST_KILL_NOTE: stage.note,
      HOLDFAST_LOG: 'error',
      ...environment,
    },
  });

/** Runs the load once without a kill and lists where it writes. */
async function takeStock(stage: Stage, random: Random): Promise<Map<string, number>> {
  const node = await armed(stage, {});
  const load = new Load(node.organisation('st-mary'), await patientAt(node, 'st-mary'), random, 'stock');
  await load.begin();
  process.kill(node.pid, 'SIGUSR2');
  await pause(STOCK_MS); // the length of the observation itself, no condition
  await load.ended();
  await node.stop();
  const counts = JSON.parse(readFileSync(stage.note, 'utf8')) as Record<string, number>;
  rmSync(stage.note);
  return new Map(Object.entries(counts));
}

interface Aim {
  readonly point: string;
  readonly when: Kill['when'];
  readonly environment: Record<string, string>;
}

/** Every second kill at a write point, each of them in turn; the others at a moment by the microsecond. */
function aimAt(number: number, points: readonly string[], random: Random): Aim {
  if (number % 2 === 0 || points.length === 0)
    return { point: 'a moment', when: 'any time', environment: {} };
  const point = points[Math.floor(number / 2) % points.length] ?? '';
  const when = pick(random, ['before', 'after'] as const);
  const occurrence = String(1 + Math.floor(random() * 3));
  const environment = {
    HOLDFAST_KILL_POINT: point,
    HOLDFAST_KILL_WHEN: when,
    HOLDFAST_KILL_OCCURRENCE: occurrence,
  };
  return { point, when, environment };
}

async function gone(node: RunningNode, timeoutMs: number): Promise<boolean> {
  const endMs = performance.now() + timeoutMs;
  while (node.running() && performance.now() < endMs) await pause(5);
  return !node.running();
}

async function sizesOf(node: RunningNode): Promise<Map<string, number>> {
  const sizes = await Promise.all(node.organisations.map((each) => signedSize(node, each)));
  return new Map(node.organisations.map((each, index) => [each, sizes[index] ?? 0]));
}

/** What is known when the node is gone, to be looked for after its restart. */
interface Killed extends Omit<Kill, 'problems'> {
  readonly round: Round;
  readonly sizes: ReadonlyMap<string, number>;
}

async function killUnder(
  node: RunningNode,
  stage: Stage,
  number: number,
  aim: Aim,
  random: Random,
): Promise<Killed> {
  const sizes = await sizesOf(node);
  const load = new Load(
    node.organisation('st-mary'),
    await patientAt(node, 'st-mary'),
    random,
    `round-${number}`,
  );
  await load.begin();
  process.kill(node.pid, 'SIGUSR2');
  const isByPoint = aim.environment.HOLDFAST_KILL_POINT !== undefined && (await gone(node, POINT_TIMEOUT_MS));
  if (!isByPoint) {
    await pause(random() * LATEST_MOMENT_MS);
    await node.kill();
  }
  const inFlight = new Map([...load.round.inFlight].filter(([, count]) => count > 0));
  await load.ended();
  const point = isByPoint && existsSync(stage.note) ? readFileSync(stage.note, 'utf8') : 'a moment';
  rmSync(stage.note, { force: true });
  const when = isByPoint ? aim.when : 'any time';
  const { round } = load;
  return { number, point, when, acknowledged: round.acknowledged.length, inFlight, round, sizes };
}

/** Kills a node under mixed load again and again, restarts it each time, and checks everything that it had acknowledged. */
export async function killUnderLoad(
  seed: number,
  kills: number,
  onKill?: (kill: Kill) => void,
): Promise<KillReport> {
  const random = seededRandom(seed);
  const stage = {
    data: temporaryFolder('kill'),
    port: await freePort(),
    note: join(temporaryFolder('note'), 'point'),
  };
  const points = await takeStock(stage, random);
  const order = [...points.keys()].sort(() => random() - 0.5);
  const done: Kill[] = [];
  let aim = aimAt(0, order, random);
  let node = await armed(stage, aim.environment);
  for (let number = 0; number < kills; number++) {
    const { round, sizes, ...killed } = await killUnder(node, stage, number, aim, random);
    // The node that is looked at after one kill is the one that the next kill ends.
    aim = aimAt(number + 1, order, random);
    node = await armed(stage, aim.environment);
    const problems = await aftermath(node, await patientAt(node, 'st-mary'), round, sizes);
    done.push({ ...killed, problems });
    onKill?.({ ...killed, problems });
  }
  await node.kill();
  return { seed, kills: done, points };
}

/** The report in words: where it was killed, and what was on its way then. */
export function formatKills({ seed, kills, points }: KillReport): string {
  const inFlight = new Map<string, number>();
  const hit = new Map<string, number>();
  for (const kill of kills) {
    const where = `${kill.point} (${kill.when})`;
    hit.set(where, (hit.get(where) ?? 0) + 1);
    for (const [work, count] of kill.inFlight) inFlight.set(work, (inFlight.get(work) ?? 0) + count);
  }
  const acknowledged = kills.reduce((sum, kill) => sum + kill.acknowledged, 0);
  const sorted = [...hit].sort(([, a], [, b]) => b - a);
  return [
    `seed ${seed}: ${kills.length} kills, ${acknowledged} acknowledged writes, ${points.size} write points known`,
    `under way when killed: ${[...inFlight].map(([work, count]) => `${count} × ${work}`).join(', ')}`,
    ...sorted.map(([where, count]) => `${String(count).padStart(4)} × ${where}`),
  ].join('\n');
}
