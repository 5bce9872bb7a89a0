import { tmpdir } from 'node:os';
import fc from 'fast-check';
import { ROOT } from '../../journeys/harness/checkout.ts';
import { type DemoPatient, patientAt } from '../../journeys/harness/demo.ts';
import type { Answer } from '../../journeys/harness/http.ts';
import type { RunningNode } from '../../journeys/harness/running-node.ts';
import { type Attack, attacksAt, type Credential } from './attack.ts';
import { ROUTES, type Route } from './routes.ts';

/** What became of all attacks. */
export interface FuzzReport {
  readonly seed: number;
  /** By route: how often each status was answered. */
  readonly histogram: ReadonlyMap<string, ReadonlyMap<number, number>>;
  /** Attacks that were answered in a way that the contract does not allow, as small as they could be made. */
  readonly faults: readonly string[];
  /** `Location`s of what was acknowledged as written, those inside transaction answers included. */
  readonly written: ReadonlySet<string>;
  /** The longest time to an answer by route, in milliseconds, and what was asked. */
  readonly slowest: readonly { readonly route: string; readonly ms: number; readonly attack: string }[];
  /** How many resources `$import` said that it stored. */
  readonly imported: number;
}

/** Texts that no answer to a client may hold: traces, statements, keys. */
const LEAKS = /\n\s+at |node:internal|\.ts:\d+|SQLITE_|SELECT |INSERT INTO |passphrase/;
/** Paths that none may hold: of the program, wherever it is checked out, and of the data under test. */
const PATHS = [ROOT, tmpdir()];
const STABLE_CODE = /^[a-z][a-z0-9-]*$/;

async function credentials(
  node: RunningNode,
  patient: DemoPatient,
): Promise<ReadonlyMap<Credential, string | undefined>> {
  const hospital = node.organisation('st-mary');
  const own = await hospital.token();
  const person = { user: `Patient/${patient.at('st-mary')}`, scope: 'patient/*.cruds', purpose: 'PATRQT' };
  return new Map([
    ['own', own],
    ['none', undefined],
    ['other-organisation', await node.organisation('lakeside').token()],
    ['patient', await hospital.token(person)],
    ['altered', `${own.slice(0, -6)}AAAAAA`],
    ['garbage', 'x.y.z'],
  ]);
}

/** Why the answer breaks the contract; undefined when it does not. */
function fault(attack: Attack, answer: Answer, secrets: readonly string[]): string | undefined {
  const { status, text } = answer;
  const unavailable =
    status === 503 && (attack.route.mayBeUnavailable === true || text.includes('"transient"'));
  if (status >= 500 && !unavailable) return `status ${status}`;
  if (status < 400) return undefined;
  if (LEAKS.test(text) || PATHS.some((path) => text.includes(path))) return 'the answer tells of the inside';
  if (secrets.some((secret) => text.includes(secret))) return 'the answer tells of a patient';
  const type = answer.headers['content-type'] ?? '';
  if (!type.includes('json') || text === '') return undefined;
  const code =
    answer.json.code ??
    answer.json.issue?.[0]?.details?.coding?.[0]?.code ??
    answer.json.error?.replaceAll('_', '-');
  return STABLE_CODE.test(String(code)) ? undefined : `no stable code: ${text.slice(0, 120)}`;
}

function locationsIn(answer: Answer): string[] {
  if (answer.status >= 400) return [];
  const inside = answer.text.match(/"location":"[^"]+"/g) ?? [];
  const locations = [answer.headers.location ?? '', ...inside.map((each) => each.slice(12, -1))];
  return locations.flatMap((each) => /[A-Z][A-Za-z]+\/[^/]+\/_history\/\d+$/.exec(each)?.[0] ?? []);
}

const importedBy = (answer: Answer): number =>
  answer.status === 200 ? Number(/"name":"stored","valueInteger":(\d+)/.exec(answer.text)?.[1] ?? 0) : 0;

const printable = ({ path, headers, body, credential, route }: Attack): string =>
  JSON.stringify({ credential, method: route.method, path, headers, body }).slice(0, 600);

/** Attacks every route `runs` times, by one seed. Stops at the first answer of a route that breaks the contract, shrunk. */
export async function fuzz(node: RunningNode, seed: number, runs: number): Promise<FuzzReport> {
  const patient = await patientAt(node, 'st-mary');
  const id = patient.at('st-mary');
  const tokens = await credentials(node, patient);
  const secrets = [patient.persona.name, ...patient.persona.name.split(' ')].filter(
    (each) => each.length > 4,
  );
  const histogram = new Map<string, Map<number, number>>();
  const written = new Set<string>();
  const faults: string[] = [];
  let imported = 0;
  const slowest = new Map<string, { route: string; ms: number; attack: string }>();

  const strike = async (attack: Attack, statuses: Map<number, number>): Promise<string | undefined> => {
    const token = tokens.get(attack.credential);
    const headers = {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...attack.headers,
    };
    const { path, body } = attack;
    const sentMs = performance.now();
    const answer = await node.send(path, {
      method: attack.route.method,
      headers,
      ...(body === undefined ? {} : { body }),
    });
    const ms = Math.round(performance.now() - sentMs);
    const { name } = attack.route;
    if (ms > (slowest.get(name)?.ms ?? 0)) slowest.set(name, { route: name, ms, attack: printable(attack) });
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
    for (const location of locationsIn(answer)) written.add(location);
    imported += importedBy(answer);
    return fault(attack, answer, secrets);
  };

  const besiege = async (route: Route, index: number): Promise<void> => {
    const statuses = new Map<number, number>();
    histogram.set(route.name, statuses);
    const property = fc.asyncProperty(attacksAt(route, id), async (attack) => {
      const why = await strike(attack, statuses);
      if (why !== undefined) throw new Error(why);
    });
    const result = await fc.check(property, { seed: seed + index, numRuns: runs });
    if (!result.failed) return;
    const [attack] = result.counterexample ?? [];
    const why =
      result.errorInstance instanceof Error ? result.errorInstance.message : String(result.errorInstance);
    faults.push(`${route.name}: ${why}: ${attack === undefined ? '' : printable(attack)}`);
  };

  for (const [index, route] of ROUTES.entries()) await besiege(route, index);
  return {
    seed,
    histogram,
    faults,
    written,
    imported,
    slowest: [...slowest.values()].sort((a, b) => b.ms - a.ms),
  };
}

/** The report as a table: requests and statuses by route. */
export function formatReport({ seed, histogram, slowest }: FuzzReport): string {
  const total = new Map<number, number>();
  const rows = [...histogram].map(([route, statuses]) => {
    const sorted = [...statuses].sort(([a], [b]) => a - b);
    for (const [status, count] of sorted) total.set(status, (total.get(status) ?? 0) + count);
    const requests = sorted.reduce((sum, [, count]) => sum + count, 0);
    return `${route.padEnd(28)}${String(requests).padStart(6)}  ${sorted.map(([status, count]) => `${status}×${count}`).join(' ')}`;
  });
  const all = [...total].sort(([a], [b]) => a - b);
  const requests = all.reduce((sum, [, count]) => sum + count, 0);
  return [
    `seed ${seed}`,
    `${'route'.padEnd(28)}${'sent'.padStart(6)}  statuses`,
    ...rows,
    ...slowest
      .slice(0, 3)
      .map(({ route, ms, attack }) => `slowest: ${ms} ms at ${route}: ${attack.slice(0, 160)}`),
    `${'all'.padEnd(28)}${String(requests).padStart(6)}  ${all.map(([status, count]) => `${status}×${count}`).join(' ')}`,
  ].join('\n');
}
