import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

interface CruisedModule {
  source: string;
  dependencies: { resolved: string; dependencyTypes: string[] }[];
}
interface CruiseResult {
  summary: { violations: { rule: { name: string }; from: string; to: string }[] };
  modules: CruisedModule[];
}

function cruise(...folders: string[]): CruiseResult {
  const program = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
  const output = execFileSync(process.execPath, [program, ...folders, '--output-type', 'json'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  return JSON.parse(output) as CruiseResult;
}

const typescriptFiles = (folder: string): number =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.tsx?$/.test(name),
  ).length;

const result = cruise('src', 'web/src', 'test');
const modules = new Map(result.modules.map((module) => [module.source, module]));

/** Everything that is loaded with a module, the module left out. */
function loadedWith(start: string): { by: string; loaded: string }[] {
  const found = new Map<string, string>();
  const waiting = [start];
  for (let source = waiting.pop(); source !== undefined; source = waiting.pop()) {
    for (const { resolved, dependencyTypes } of modules.get(source)?.dependencies ?? []) {
      if (dependencyTypes.includes('type-only') || found.has(resolved)) continue;
      found.set(resolved, source);
      waiting.push(resolved);
    }
  }
  return [...found].map(([loaded, by]) => ({ loaded, by }));
}

describe('rooms', () => {
  test('every file was looked at', () => {
    for (const folder of ['src', 'web/src', 'test']) {
      const seen = result.modules.filter(
        ({ source }) => source.startsWith(`${folder}/`) && /\.tsx?$/.test(source),
      );
      expect(seen.length, folder).toBe(typescriptFiles(folder));
    }
  });

  test('a room imports only rooms above it, through their one door', () => {
    expect(result.summary.violations.map((v) => `${v.rule.name}: ${v.from} → ${v.to}`)).toEqual([]);
  });

  test('a contract loads its own room, the kit and proof, and nothing that could tell two replicas apart', () => {
    const contracts = [...modules.keys()].filter((source) => /^src\/[^/]+\/contract\.ts$/.test(source));
    expect(contracts.length).toBeGreaterThan(2);
    const strangers = contracts.flatMap((contract) => {
      const room = contract.slice(0, -'contract.ts'.length);
      return loadedWith(contract)
        .filter(({ by }) => !by.startsWith('src/proof/'))
        .filter(({ loaded }) => !loaded.startsWith(room))
        .filter(({ loaded }) => !/^(src\/(proof\/|ledger\/(kit\/|error\.ts$))|assert\/strict$)/.test(loaded))
        .map(({ by, loaded }) => `${by} loads ${loaded}`);
    });
    expect([...new Set(strangers)]).toEqual([]);
  });
});
