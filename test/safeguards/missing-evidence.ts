import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Evidence, partsOf } from './evidence.ts';
import { mutations } from './mutations/index.ts';
import { regulations } from './regulations/index.ts';
import { titlesOf } from './titles.ts';

const root = join(import.meta.dirname, '..', '..');

/** Every test that a clause or a mutation names. */
export function namedEvidence(): readonly Evidence[] {
  const shown = regulations
    .flatMap(({ requirements }) => requirements)
    .flatMap((requirement) => ('shownBy' in requirement ? requirement.shownBy : []));
  return [...new Set([...shown, ...mutations.map(({ turnsRed }) => turnsRed)])];
}

/** Those of them that are not there, or are switched off. */
export function missingEvidence(): readonly Evidence[] {
  const known = new Map<string, Set<string>>();
  const titles = (file: string): Set<string> => {
    const found = known.get(file) ?? (existsSync(join(root, file)) ? titlesOf(file) : new Set());
    known.set(file, found);
    return found;
  };
  return namedEvidence().filter((evidence) => {
    const { file, title } = partsOf(evidence);
    return !titles(file).has(title);
  });
}
