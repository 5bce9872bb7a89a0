import { type MutationRun, seenOf } from './mutation-run.ts';
import { mutations } from './mutations/index.ts';
import { regulations } from './regulations/index.ts';
import type { Regulation, Requirement } from './requirement.ts';

/** The document that is made of the tables. */
export const DOCUMENT = 'docs/compliance.md';

const INTRODUCTION = `# Compliance: clause, feature, test

For compliance officers, auditors, and whoever must say to them what the software does. **This file is written by \`npm run compliance\`** from
the tables in \`test/safeguards\`; a test (\`test/house/compliance-document.test.ts\`) fails when the file differs from what is written, or
when a test that is named here is not there. So change the tables, not this file.

- **here**: the software does it by itself, and the tests named show it.
- **in part**: the software does what stands there; what is left is said.
- **operator**: nothing that software could do for you.
- **not there**: software could do it, and this one does not.

No software is compliant by itself. Clauses are given in our words; their text is what binds. The requirements of 45 CFR 164.400–414 (breach
notification) and 164.530 (administration) are the operator's throughout.`;

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const code = (text: string): string => `\`${cell(text)}\``;

/** What stands in the columns after the clause. */
function cellsOf(requirement: Requirement): readonly [feature: string, tests: string] {
  switch (requirement.met) {
    case 'here':
      return [cell(requirement.feature), requirement.shownBy.map(code).join('<br>')];
    case 'in part':
      return [
        `${cell(requirement.feature)}. **Left to do:** ${cell(requirement.operator)}`,
        requirement.shownBy.map(code).join('<br>'),
      ];
    case 'operator':
      return [cell(requirement.operator), ''];
    case 'not there':
      return [cell(requirement.missing), ''];
  }
}

function row(requirement: Requirement): string {
  const { clause, asks, met } = requirement;
  return `| ${[clause, cell(asks), met, ...cellsOf(requirement)].join(' | ')} |`;
}

function section({ title, about, requirements }: Regulation): string {
  const head = '| clause | asks for | met | by what | shown by |\n|---|---|---|---|---|';
  return `## ${title}\n\n${about}\n\n${head}\n${requirements.map(row).join('\n')}`;
}

function summary(): string {
  const all = regulations.flatMap(({ requirements }) => requirements);
  const count = (met: Requirement['met']) => all.filter((each) => each.met === met).length;
  const missing = regulations.flatMap(({ requirements }) =>
    requirements.flatMap((each) =>
      each.met === 'not there' ? [`- ${each.clause}: ${cell(each.asks)}. ${cell(each.missing)}`] : [],
    ),
  );
  return [
    '## What is not there',
    '',
    `Of ${all.length} clauses ${count('here')} are met here, ${count('in part')} in part; ${count('operator')} are the operator's; ` +
      `${count('not there')} are not there:`,
    '',
    ...missing,
  ].join('\n');
}

/** The safeguards that were taken out, in the order of their tables; those that were added since the run say so. */
function disabled(run: MutationRun): string {
  const rows = mutations.map((mutation) => {
    const { safeguard, clauses, file, turnsRed } = mutation;
    const { date = 'not yet', seconds = '' } = seenOf(run, mutation) ?? {};
    const cells = [cell(safeguard), clauses.join('<br>'), code(file), code(turnsRed), date, seconds];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    '## With each safeguard taken out',
    '',
    `A test that cannot fail shows nothing. \`npm run mutate\` takes ${mutations.length} safeguards out of a copy of the source, one after the`,
    'other, each by one named replacement in `test/safeguards/mutations`, and runs the test beside it, which must be green before and red',
    'after. Seconds include the start of the test, on a machine that did other work too.',
    '',
    '| safeguard that was taken out | asked for by | of file | test that turned red | on | seconds |',
    '|---|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

/** The whole text of the document. */
export function documentText(run: MutationRun): string {
  return `${[INTRODUCTION, summary(), ...regulations.map(section), disabled(run)].join('\n\n')}\n`;
}
