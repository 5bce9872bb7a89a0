import type { Mutation } from '../mutation.ts';

const ACCESS_CONTROL = '45 CFR 164.312(a)(1)';

/** Who may see what: the decision, scopes, and the ways around them. */
export const accessMutations: readonly Mutation[] = [
  {
    safeguard: 'what no policy and no consent permits is denied',
    clauses: ['45 CFR 164.502(a)', ACCESS_CONTROL],
    file: 'src/consent/decide.ts',
    find: "refusal ?? new Decision(own ? 'purpose-not-permitted' : 'no-consent', false,",
    replace: "refusal ?? new Decision(own ? 'purpose-not-permitted' : 'no-consent', true,",
    turnsRed: 'src/consent/decide.test.ts › is denied without a consent, for whatever purpose',
  },
  {
    safeguard: 'a denial by any one consent wins',
    clauses: ['45 CFR 164.522(a)(1)(iii)'],
    file: 'src/consent/decide.ts',
    find: "if (ground.provision.effect === 'deny')",
    replace: "if (ground.provision.effect === 'deny' && request.custodian === '')",
    turnsRed: 'src/consent/decide.test.ts › is denied by any one denial, whatever else permits',
  },
  {
    safeguard: 'the organisation’s policy covers treatment, payment and operations, and nothing else',
    clauses: ['45 CFR 164.506(c)', '45 CFR 164.508(a)(1)'],
    file: 'src/consent/decide.ts',
    find: 'policy.purposes.has(purpose)',
    replace: 'policy.purposes.size > 0',
    turnsRed:
      'src/consent/decide.test.ts › is refused for research, marketing and breaking the glass unless a consent permits it',
  },
  {
    safeguard: 'a role sees what it needs for its purpose',
    clauses: ['45 CFR 164.502(b)', '45 CFR 164.514(d)(2)'],
    file: 'src/consent/decide.ts',
    find: '!isNecessary(facts.type, purpose, request.roles)',
    replace: "facts.type === ''",
    turnsRed: 'src/consent/minimum-necessary.test.ts › %s is more than is needed with %j',
  },
  {
    safeguard: 'what law protects needs the consent that the law asks for',
    clauses: ['42 CFR 2.13(a)', '42 CFR 2.31', '45 CFR 164.508(a)(2)'],
    file: 'src/consent/decide.ts',
    find: 'protections?.find((each) => !satisfies(ground, each, purpose))',
    replace: 'protections?.find((each) => each.labels.length === 0)',
    turnsRed: 'src/consent/part-2.test.ts › leaves by no ordinary consent, whatever that permits',
  },
  {
    safeguard: 'for legal proceedings a consent permits that permits nothing else',
    clauses: ['42 CFR 2.31(d)'],
    file: 'src/consent/protection.ts',
    find: "part2 && (purpose !== 'HLEGAL' || legalOnly)",
    replace: 'part2 && legalOnly !== undefined',
    turnsRed:
      'src/consent/part-2.test.ts › leaves for legal proceedings by a consent for them alone, and not as one of the operations below which they stand',
  },
  {
    safeguard: 'a consent under Part 2 has every element that the rule asks for',
    clauses: ['42 CFR 2.31(a)', '45 CFR 164.508(c)(1)'],
    file: 'src/consent/authorisation.ts',
    find: 'requireElements(consent, permits, ',
    replace: 'void (0, ',
    turnsRed: 'src/consent/part-2.test.ts › that does not say %s is refused, with the element named',
  },
  {
    safeguard: 'a patient’s token reads that patient’s record alone',
    clauses: [ACCESS_CONTROL],
    file: 'src/consent/decide.ts',
    find: 'own && request.patient === request.subject ? OWN_RECORD : NOT_OWN_RECORD',
    replace: 'own ? OWN_RECORD : NOT_OWN_RECORD',
    turnsRed:
      "src/consent/decide.test.ts › reads nobody else's, whatever the policy says about staff and whatever a consent permits to all",
  },
  {
    safeguard: 'a confidentiality label is a high-water mark',
    clauses: ['42 CFR 2.13(a)', '45 CFR 164.522(a)(1)'],
    file: 'src/consent/security-label.ts',
    find: '(level !== -1 && level <= confidentiality.highest)',
    replace: 'level >= -1',
    turnsRed:
      'src/consent/decide.test.ts › is a high-water mark: permitting normal data permits what is lower and nothing higher or unlabelled',
  },
  {
    safeguard: 'an exception inside a consent wins over what it is an exception to',
    clauses: ['45 CFR 164.522(a)(1)'],
    file: 'src/consent/consent-plan.ts',
    find: 'if (isOverruled || ground === undefined) continue;',
    replace: 'if (ground === undefined) continue;',
    turnsRed: 'src/consent/decide.test.ts › wins over its parent, and a deeper one over both',
  },
  {
    safeguard: 'a token does no more than its scopes say',
    clauses: ['45 CFR 164.308(a)(4)(ii)(B)', '45 CFR 164.502(b)'],
    file: 'src/identity/scope/scopes.ts',
    find: 'return (held & bits) === bits;',
    replace: 'return bits !== 0;',
    turnsRed: 'src/identity/scope/scopes.test.ts › nothing that it does not name',
  },
  {
    safeguard: 'a scope restricted by a search parameter reaches only what matches',
    clauses: ['45 CFR 164.502(b)'],
    file: 'src/fhir/access.ts',
    find: '&& matchesFilters(resource, part.filters)',
    replace: '&& resource !== undefined',
    turnsRed:
      'src/fhir/search/restricted-scopes.test.ts › reads, vreads and shows the history of what matches, and of nothing else',
  },
  {
    safeguard: 'a patient’s token stays with one patient, whatever level its scopes are at',
    clauses: [ACCESS_CONTROL],
    file: 'src/fhir/access.ts',
    find: 'if (!isPatient && (levels?.system === true',
    replace: 'if ((levels?.system === true',
    turnsRed: 'src/fhir/patient-token.test.ts › stays with one patient whatever level its scopes are at',
  },
  {
    safeguard: 'an older version is no way around what the newest one says',
    clauses: [ACCESS_CONTROL],
    file: 'src/fhir/older-version.ts',
    find: 'return follows ? judged : undefined;',
    replace: 'return judged;',
    turnsRed: 'src/fhir/older-version.test.ts › a label that was added later covers what was before it: %s',
  },
  {
    safeguard: 'a page link answers only to whom it was made for',
    clauses: [ACCESS_CONTROL],
    file: 'src/fhir/search/paging.ts',
    find: 'content.principal !== context.principal.id ||',
    replace: '',
    turnsRed:
      'src/fhir/interactions/interactions.test.ts › pages are full, none is lost or repeated, and the cursor answers to its principal only',
  },
  {
    safeguard: 'an event is decided on once more when its entry is written',
    clauses: [ACCESS_CONTROL],
    file: 'src/fhir/events/event-delivery.ts',
    find: 'now === undefined ? undefined : await judge.judge(now);',
    replace: 'now === undefined ? undefined : each.judged;',
    turnsRed: 'src/fhir/events/events.test.ts › what is denied while its entry is written',
  },
  {
    safeguard: 'an event stream shows its token again before it tells',
    clauses: ['45 CFR 164.312(d)'],
    file: 'src/fhir/events/event-delivery.ts',
    find: 'await this.authenticate(), trail)',
    replace: '((this.refusals as { first?: Principal }).first ??= await this.authenticate()), trail)',
    turnsRed: 'src/fhir/events/events.test.ts › when its token is called back while an entry is written',
  },
  {
    safeguard: 'a Last-Event-ID answers only to whom it was given',
    clauses: [ACCESS_CONTROL],
    file: 'src/fhir/events/event-position.ts',
    find: 'content.asker !== asker || ',
    replace: '',
    turnsRed:
      'src/fhir/events/asking.test.ts › is refused when it is another’s, altered, made up, another thing’s, too old, or of a lost entry: always alike',
  },
  {
    safeguard: 'of an AuditEvent that names several patients each sees their own part',
    clauses: ['45 CFR 164.502(a)'],
    file: 'src/fhir/access.ts',
    find: 'redactedFor(stored, patientOnly);',
    replace: 'stored;',
    turnsRed:
      'src/fhir/patient-token.test.ts › that name several are shown to each of them without the others',
  },
];
