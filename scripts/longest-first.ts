import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The suites that take longest, or wait longest, each project's longest first. Any order is right: this one is fast. */
const LONGEST = [
  'src/cli/command',
  'src/r4/validation/official-examples',
  'src/r4/validation/synthea',
  'src/node/migration/migrate',
  'src/vault/integrity/tampering',
  'src/log/simulation',
  'src/vault/crash',
  'test/journeys/break-glass',
  'test/journeys/story',
  'test/journeys/commands',
  'test/journeys/roles',
  'test/journeys/import',
  'test/journeys/lifecycle',
  'test/journeys/smart',
  'test/journeys/backup',
  'test/portal/requests',
  'test/portal/accessibility',
  'test/portal/emergency-access',
];

function rank({ moduleId }: TestSpecification): number {
  const at = LONGEST.findIndex((name) => moduleId.endsWith(`${name}.test.ts`));
  return at < 0 ? LONGEST.length : at;
}

/** Begins with the suites that take longest: one that begins last keeps one core waiting for the other. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    // Projects stay together, in Vitest's own order.
    const projects = [...new Set(sorted.map(({ project }) => project.name))];
    const place = ({ project }: TestSpecification) => projects.indexOf(project.name);
    return sorted.sort((a, b) => place(a) - place(b) || rank(a) - rank(b));
  }
}
