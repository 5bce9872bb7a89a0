import type { Mutation } from '../mutation.ts';

/** Who may say what a patient permits, and when it ends. */
export const consentMutations: readonly Mutation[] = [
  {
    safeguard: 'a grant is signed by the consent’s own key',
    clauses: ['42 CFR 2.31(a)(8)', '45 CFR 164.508(c)(1)(vi)'],
    file: 'src/consent/contract.ts',
    find: "if (!isSigned) reject('signature',",
    replace: "if (!isSigned && message.length === 0) reject('signature',",
    turnsRed: 'src/consent/contract.test.ts › refuses a grant that the key did not sign',
  },
  {
    safeguard: 'a consent is about the patient of its request',
    clauses: ['45 CFR 164.508(c)(1)'],
    file: 'src/consent/check-consent.ts',
    find: 'if (reference !== ',
    replace: 'if (reference === undefined && reference !== ',
    turnsRed: 'src/consent/granting.test.ts › about another patient than it says',
  },
  {
    safeguard: 'a revocation denies from the moment it is durable here',
    clauses: ['45 CFR 164.508(b)(5)', '42 CFR 2.31(a)(6)'],
    file: 'src/consent/decide.ts',
    find: "=== 'revoking') continue;",
    replace: "=== 'revoking' && purpose === '') continue;",
    turnsRed:
      'src/consent/decide.test.ts › is denied what a revoked consent permitted, from the moment the revocation is durable here',
  },
  {
    safeguard: 'a revocation on its way is remembered through a restart',
    clauses: ['45 CFR 164.508(b)(5)'],
    file: 'src/consent/consent-register.ts',
    find: "const status = this.steps.isRevoking(record.id) ? 'revoking' : 'active';",
    replace: "const status = 'active';",
    turnsRed:
      'src/consent/finality.test.ts › a revocation denies here although the ledger is away, through a restart, until it is final',
  },
  {
    safeguard: 'what the ledger commits to is what is in force',
    clauses: ['45 CFR 164.312(c)(1)'],
    file: 'src/consent/consent-register.ts',
    find: '    if (state.statement !== record.statement) return undefined;\n',
    replace: '',
    turnsRed:
      'src/consent/consent-register.test.ts › a content that the ledger does not commit to is not in force, though it is sealed here',
  },
  {
    safeguard: 'a lost key is replaced only after the old one had 72 hours to object',
    clauses: ['45 CFR 164.312(d)'],
    file: 'src/consent/contract-rebind.ts',
    find: '- sinceSeconds < VETO_SECONDS) {',
    replace: '- sinceSeconds < 0) {',
    turnsRed: 'src/consent/contract.test.ts › waits 72 hours between anchors, whatever time it claims',
  },
  {
    safeguard: 'a node that cannot tell how old its view is discloses nothing',
    clauses: ['45 CFR 164.508(b)(5)'],
    file: 'src/ledger/projection.ts',
    find: 'return this.ageMs() <= boundMs;',
    replace: 'return boundMs > 0;',
    turnsRed: 'src/ledger/projection.test.ts › with the ledger out of reach the view fails closed',
  },
];
