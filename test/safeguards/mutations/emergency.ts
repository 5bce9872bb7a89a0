import type { Mutation } from '../mutation.ts';

const EMERGENCY_ACCESS = '45 CFR 164.312(a)(2)(ii)';

/** Broken glass, and why something was withheld. */
export const emergencyMutations: readonly Mutation[] = [
  {
    safeguard: 'the glass is broken by a clinician in person',
    clauses: [EMERGENCY_ACCESS, '42 CFR 2.51(a)'],
    file: 'src/audit/break-glass/routes.ts',
    find: '  if (!mayBreak(principal))\n',
    replace: "  if (principal.id === '')\n",
    turnsRed: 'src/audit/break-glass/break-glass.test.ts › nobody breaks the glass',
  },
  {
    safeguard: 'the glass does not break before that is on disk',
    clauses: ['45 CFR 164.312(b)', '42 CFR 2.51(c)'],
    file: 'src/audit/break-glass/break-glass-register.ts',
    find: "      store.remove('break-glass', glass.id);\n      throw error;\n",
    replace: '',
    turnsRed:
      'src/audit/break-glass/break-glass.test.ts › whose entry cannot be written: it does not open, and nothing is left',
  },
  {
    safeguard: 'broken glass closes at its time',
    clauses: [EMERGENCY_ACCESS],
    file: 'src/audit/break-glass/open-glass.ts',
    find: 'return glass === undefined || Date.parse(glass.until) <= this.#now().getTime() ? undefined : glass;',
    replace: 'return glass;',
    turnsRed:
      'src/audit/break-glass/open-glass.test.ts › is open to its holder, for its patient, until its time and not a moment longer',
  },
  {
    safeguard: 'the decision takes broken glass for its own time and patient alone',
    clauses: [EMERGENCY_ACCESS],
    file: 'src/consent/emergency.ts',
    find: 'if (nowMs < emergency.fromMs || nowMs >= emergency.untilMs || NOT_OPENED.has(type)) return undefined;',
    replace: 'if (nowMs < 0 || NOT_OPENED.has(type)) return undefined;',
    turnsRed: 'src/consent/emergency.test.ts › glass that is not broken for this',
  },
  {
    safeguard: 'the patient is told of broken glass',
    clauses: [EMERGENCY_ACCESS],
    file: 'src/audit/break-glass/break-glass-register.ts',
    find: '        versions: [noticeOf(glass, facts, organisation)],\n',
    replace: '',
    turnsRed: 'src/audit/break-glass/break-glass.test.ts › is told to the patient at once, in words',
  },
  {
    safeguard: 'what law protects opens in an emergency only where the law says so',
    clauses: ['42 CFR 2.51', '45 CFR 164.508(a)(2)'],
    file: 'src/consent/emergency-decision.ts',
    find: 'if (protections?.every((each) => opensTo(each, emergency)) === false) return undefined;',
    replace: '',
    turnsRed: 'src/consent/emergency.test.ts › what the law protects opens where the law says so',
  },
  {
    safeguard: 'that something was withheld does not show in an AuditEvent',
    clauses: ['42 CFR 2.13(c)', '45 CFR 171.202'],
    file: 'src/audit/refusals/refusal-seal.ts',
    find: 'new Uint8Array(NOTE_BYTES).fill(0x20)',
    replace: 'new Uint8Array(utf8(fitting(exceptions)).length)',
    turnsRed:
      'src/audit/refusals/refusals.test.ts › an AuditEvent does not say whether anything was withheld: neither by its words nor by its length',
  },
];
