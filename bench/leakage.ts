import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Guesses, rankAttack, recovered, shapeAttack } from './leakage/attack.ts';
import {
  type Group,
  hiddenText,
  knownGroups,
  positionsByValue,
  seenGroup,
  valuesByPositions,
} from './leakage/groups.ts';
import { compartmentsOf, seenOfPatients } from './leakage/patients.ts';
import { readSample, type SampleResource } from './leakage/sample.ts';
import { readStolen, type StolenData } from './leakage/stolen-data.ts';
import { storeSample } from './leakage/victim.ts';
import { writeResult } from './machine.ts';

// What a thief of `data.db` learns without any key. Half of the Synthea patients are stored as an import stores them; of the
// other half the thief knows everything, as one who has read public statistics or works at another hospital would. Blind
// values say nothing of their parameter: here the thief is told which belong together, as size and shape mostly show.

const SAMPLE = process.env.HOLDFAST_TESTDATA ?? join(import.meta.dirname, '..', '..', 'shared', 'testdata');
/** Parameters with fewer rows say nothing of frequencies. */
const MIN_ROWS = 20; // a percentage of fewer is noise

interface Attacked {
  readonly parameter: string;
  readonly rows: number;
  readonly values: number;
  readonly onceOnly: number;
  readonly mostFrequentPercent: number;
  readonly rankPercent: number;
  readonly shapePercent: number;
  readonly exactStatisticsPercent: number;
}

const percent = (part: number): number => Math.round(part * 1000) / 10;

interface Scene {
  readonly data: StolenData;
  readonly stored: readonly SampleResource[];
  readonly known: readonly SampleResource[];
  readonly people: { readonly seen: number; readonly known: number };
  readonly patientOf: ReadonlyMap<number, number>;
  /** A blind value by the rows that it stands beside. */
  readonly byRows: ReadonlyMap<string, string>;
}

/** The groups that the thief sees of one parameter, and what they are. Throws when equal values do not show as such. */
function truthOf(
  scene: Scene,
  values: ReadonlyMap<string, readonly number[]>,
): Map<Group, readonly string[]> {
  return new Map(
    valuesByPositions(values).map(({ names, positions }) => {
      const blind = scene.byRows.get(positions.map((at) => scene.data.rows[at]?.rid).join());
      if (blind === undefined) throw new Error(`no blind value stands beside the rows of ${names.join()}`);
      return [seenGroup(scene.data, scene.patientOf, blind), names] as const;
    }),
  );
}

function attack(
  scene: Scene,
  type: string,
  param: string,
  of?: Parameters<typeof positionsByValue>[3],
): Attacked | undefined {
  const values = positionsByValue(scene.stored, type, param, of);
  const truth = truthOf(scene, values);
  const seen = [...truth.keys()];
  const rows = seen.reduce((sum, group) => sum + group.rows, 0);
  if (rows < MIN_ROWS) return undefined;
  const known = knownGroups(scene.known, positionsByValue(scene.known, type, param, of));
  const isKnown = known.some(({ names }) => names.some((name) => values.has(name)));
  const exact = knownGroups(scene.stored, values);
  const share = (guesses: Guesses) => percent(recovered(guesses, truth));
  return {
    parameter: `${type}.${param}`,
    rows,
    values: values.size,
    onceOnly: seen.filter((group) => group.rows === 1).length,
    mostFrequentPercent: percent(Math.max(...seen.map((group) => group.rows)) / rows),
    rankPercent: share(rankAttack(seen, known)),
    shapePercent: isKnown ? share(shapeAttack(seen, known, scene.people)) : 0,
    exactStatisticsPercent: share(rankAttack(seen, exact)),
  };
}

/** Every parameter of records about patients that has more than one value. */
function attackAll(scene: Scene): Attacked[] {
  const parameters = new Map<string, [string, string]>();
  for (const { type, index, patients } of scene.stored) {
    for (const entry of index) {
      if (patients.length === 0 || entry.param === '_id' || hiddenText(entry) === undefined) continue;
      parameters.set(`${type}.${entry.param}`, [type, entry.param]);
    }
  }
  const results = [...parameters.values()].map(([type, param]) => attack(scene, type, param));
  return results
    .filter((each) => each !== undefined)
    .filter(({ values }) => values > 1)
    .sort((a, b) => b.rows - a.rows);
}

function sceneOf(data: StolenData, sample: ReturnType<typeof readSample>): Scene {
  const stored = [...sample.shared, ...sample.stored.flat()];
  const known = sample.known.flat();
  // Row ids follow the order of writing: this is what ties a row to the resource that it is, for the verdict only.
  for (const [at, { type }] of data.rows.entries()) {
    if (stored[at]?.type !== type) throw new Error(`row ${at} is no ${stored[at]?.type}`);
  }
  if (data.rows.length !== stored.length) throw new Error('rows and resources differ in number');
  const byRows = new Map([...data.postings].map(([blind, rids]) => [rids.join(), blind]));
  const patientOf = new Map(compartmentsOf(data).flatMap((rids, at) => rids.map((rid) => [rid, at])));
  const people = { seen: sample.stored.length, known: sample.known.length };
  return { data, stored, known, people, patientOf, byRows };
}

const folder = join(SAMPLE, 'fhir', 'synthea-bundles');
if (!existsSync(folder)) throw new Error('The Synthea sample is not here: set HOLDFAST_TESTDATA.');
const startedMs = performance.now();
const sample = readSample(folder);
const place = mkdtempSync(join(tmpdir(), 'holdfast-leakage-'));
try {
  const path = await storeSample(place, sample);
  const data = readStolen(path);
  const scene = sceneOf(data, sample);
  const parameters = attackAll(scene);
  const firstLetter = attack(scene, 'Patient', 'family', (entry) =>
    entry.kind === 'string' ? entry.normalized.slice(0, 1) : undefined,
  );
  const result = {
    sample: {
      patientsStored: sample.stored.length,
      resourcesStored: data.rows.length,
      patientsKnown: sample.known.length,
      dataBytes: statSync(path).size,
    },
    blindValues: data.blindValues,
    auditEntries: data.auditEntries,
    patients: seenOfPatients(scene.data, scene.stored),
    firstLetterOfFamilyName: firstLetter,
    parameters,
    seconds: Math.round((performance.now() - startedMs) / 100) / 10,
  };
  writeResult('leakage', result);
  const { parameters: _, firstLetterOfFamilyName: __, ...summary } = result;
  console.log(JSON.stringify(summary, null, 2));
  console.table(parameters.filter(({ rows }) => rows >= 100));
} finally {
  rmSync(place, { recursive: true, force: true });
}
