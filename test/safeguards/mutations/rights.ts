import type { Mutation } from '../mutation.ts';

/** Accounting, suspension, amendment: the rights that run against a clock. */
export const rightsMutations: readonly Mutation[] = [
  {
    safeguard: 'the accounting leaves out what the rule leaves out, and nothing else',
    clauses: ['45 CFR 164.528(a)(1)'],
    file: 'src/audit/accounting/basis.ts',
    find: 'purposes.every(isOwnPurpose)',
    replace: 'purposes.some(() => true)',
    turnsRed:
      'src/audit/accounting/accounting.test.ts › lists what left the organisation, and says what the rule would leave out and why',
  },
  {
    safeguard: 'a disclosure for legal proceedings is accounted for',
    clauses: ['45 CFR 164.512(e)', '45 CFR 164.528(a)(1)'],
    file: 'src/consent/purpose-of-use.ts',
    find: "'HDECD', 'HLEGAL', 'MILCDM'",
    replace: "'HDECD', 'MILCDM'",
    turnsRed: 'src/audit/accounting/basis.test.ts › counts a release for legal proceedings',
  },
  {
    safeguard: 'a disclosure by other means is recorded by the privacy officer alone',
    clauses: ['45 CFR 164.530(a)(1)'],
    file: 'src/audit/asker.ts',
    find: '  if (!isOfficer(principal))\n    throw',
    replace: "  if (principal.id === '')\n    throw",
    turnsRed:
      'src/audit/accounting/accounting.test.ts › is recorded by the privacy officer alone, whole, and not ahead of its time',
  },
  {
    safeguard: 'a suspension hides the release from the accounting',
    clauses: ['45 CFR 164.528(a)(2)(i)'],
    file: 'src/audit/accounting/accounting.ts',
    find: 'if (isSuspended(stored) || !mayRead(stored)) return undefined;',
    replace: 'if (!mayRead(stored)) return undefined;',
    turnsRed:
      'src/audit/accounting/accounting.test.ts › hides the release from the accounting, from staff who print it, and from the trail of itself',
  },
  {
    safeguard: 'a suspension hides the release from searches, counts and receipts',
    clauses: ['45 CFR 164.528(a)(2)(i)'],
    file: 'src/fhir/access.ts',
    find: 'if (patientOnly !== undefined && context.services.isSuspended?.(stored) === true) return undefined;',
    replace: '',
    turnsRed:
      'src/fhir/suspended-event.test.ts › is to its patient as if it did not exist: by id, version, history and receipt',
  },
  {
    safeguard: 'that staff read what is suspended does not stand in the patient’s own trail',
    clauses: ['45 CFR 164.528(a)(2)(i)'],
    file: 'src/fhir/access.ts',
    find: 'if (services.isSuspended?.(shown) === true) return;',
    replace: '',
    turnsRed:
      'src/fhir/suspended-event.test.ts › is read by staff, and that they read it tells the patient nothing either',
  },
  {
    safeguard: 'a spoken statement suspends for thirty days at most',
    clauses: ['45 CFR 164.528(a)(2)(ii)(C)'],
    file: 'src/audit/accounting/suspension.ts',
    find: 'const ORAL_DAYS = 30;',
    replace: 'const ORAL_DAYS = 300;',
    turnsRed:
      'src/audit/accounting/accounting.test.ts › takes an officer, a statement and an end: thirty days at most for a spoken one',
  },
  {
    safeguard: 'a suspension ends by itself at its time',
    clauses: ['45 CFR 164.528(a)(2)(i)'],
    file: 'src/audit/accounting/suspension.ts',
    find: 'return lifted === undefined && Date.parse(until) > this.#now().getTime();',
    replace: "return lifted === undefined && until !== '';",
    turnsRed:
      'src/audit/accounting/suspension.test.ts › one ends by itself at its time, and hides until then',
  },
  {
    safeguard: 'an amendment is due within sixty days',
    clauses: ['45 CFR 164.526(b)(2)(i)'],
    file: 'src/audit/rights/clock.ts',
    find: "clause: '45 CFR 164.526(b)(2)(i)',\n    days: 60,",
    replace: "clause: '45 CFR 164.526(b)(2)(i)',\n    days: 90,",
    turnsRed: 'src/audit/rights/rights.test.ts › for %s is due by %s, once extended by %s at the latest',
  },
  {
    safeguard: 'the time to act is extended once only',
    clauses: ['45 CFR 164.526(b)(2)(ii)', '45 CFR 164.524(b)(2)(ii)'],
    file: 'src/audit/rights/rights-request.ts',
    find: "if (request.steps.some(({ what }) => what === 'extended'))",
    replace: "if (request.steps.some(({ what }) => what === 'rebutted'))",
    turnsRed: 'src/audit/rights/rights.test.ts › for %s is due by %s, once extended by %s at the latest',
  },
  {
    safeguard: 'an amendment is denied on the rule’s grounds only',
    clauses: ['45 CFR 164.526(a)(2)'],
    file: 'src/audit/rights/rights-request.ts',
    find: 'if (!Object.hasOwn(grounds, ground))',
    replace: "if (ground === '')",
    turnsRed:
      'src/audit/rights/rights.test.ts › is denied on the grounds of the rule only, disagreed with once, rebutted once',
  },
];
