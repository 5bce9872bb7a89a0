import { missing, type Regulation, type Requirement, yours } from '../requirement.ts';

const BY_HAND = [
  'src/audit/accounting/accounting.test.ts › a disclosure that did not go through this system',
  'src/audit/accounting/basis.test.ts › of what was recorded by hand goes by its provision alone',
] as const;

/** A disclosure outside the system, which a person decides on and an officer records with its provision. */
const recordedByHand = (clause: string, asks: string): Requirement => ({
  clause,
  asks,
  met: 'in part',
  feature:
    'Recorded by the privacy officer with recipient, description and this provision; stands in the accounting',
  operator: 'Whether the conditions hold is yours to judge; the software releases nothing on this ground.',
  shownBy: BY_HAND,
});

/** 45 CFR 164.502 to 164.514. */
export const usesAndDisclosures: Regulation = {
  title: '45 CFR 164.502–164.514: uses and disclosures',
  about: 'What the decision enforces, and what people decide and the software records.',
  requirements: [
    {
      clause: '164.502(a)',
      asks: 'No use or disclosure but those that the rule permits or requires',
      met: 'here',
      feature: 'What neither policy nor consent permits is denied; two evaluators, written apart, agree',
      shownBy: [
        'src/consent/decide.test.ts › is denied without a consent, for whatever purpose',
        'src/consent/reference-agreement.test.ts › the decision and a second evaluator agree on … generated cases, in which every feature occurs',
        'test/journeys/tokens.test.ts › purposes bound what the own organisation may do',
      ],
    },
    {
      clause: '164.502(a)(2)(i)',
      asks: 'Disclosure to the individual when they ask',
      met: 'here',
      feature: 'The patient reads their record, even against a denial of their own',
      shownBy: [
        'src/consent/decide.test.ts › reads their own record, even against their own denial',
        'test/journeys/smart.test.ts › fhirclient completes a standalone launch for the patient, and refreshes',
      ],
    },
    yours(
      '164.502(a)(5)',
      'No genetic information for underwriting, no sale',
      'Purposes of yours; nothing here sells.',
    ),
    {
      clause: '164.502(b), 164.514(d)',
      asks: 'The minimum necessary',
      met: 'in part',
      feature:
        'What a role and a purpose need, by type; scopes by interaction and search parameter; `_elements`; audit entries without identifiers',
      operator: 'Which role somebody has. The table of what roles need is one for all organisations.',
      shownBy: [
        'src/consent/minimum-necessary.test.ts › %s is more than is needed with %j',
        'src/fhir/search/restricted-scopes.test.ts › a scope restricted by a search parameter',
        'src/identity/scope/scopes.test.ts › what somebody may do of what an app asks',
        'src/audit/access-event.test.ts › an AuditEvent holds no identifier but logical ids',
      ],
    },
    {
      clause: '164.502(c)',
      asks: 'A restriction that was agreed to is kept',
      met: 'here',
      feature: 'A Consent that denies is enforced on every path, against the own staff too',
      shownBy: [
        "src/consent/decide.test.ts › honours a patient's denial of its own people",
        'src/fhir/search/side-doors.test.ts › a denial of one person does not shut out another, and does shut out the one',
      ],
    },
    missing('164.502(d), 164.514(a)–(c)', 'De-identified information', 'Nothing here de-identifies.'),
    yours('164.502(e), 164.504(e)', 'Contracts with business associates', 'Yours.'),
    {
      clause: '164.502(f)',
      asks: 'Information of the deceased is protected for fifty years',
      met: 'here',
      feature: 'The decision does not ask whether somebody lives: a record is protected until it is erased',
      shownBy: ['src/consent/decide.test.ts › another organisation'],
    },
    {
      clause: '164.502(g)',
      asks: 'Personal representatives are treated as the individual',
      met: 'in part',
      feature:
        'Agents, guardians and parents read, see who looked, grant and revoke, until their time is over or the child is of age; what a minor obtains alone stays the minor’s',
      operator: 'Recording who represents whom, and (g)(5), where that would endanger the individual.',
      shownBy: [
        'test/journeys/delegate.test.ts › a health care agent',
        'test/journeys/delegate.test.ts › somebody else’s delegate, and who is none',
        'test/journeys/minor.test.ts › on the day the child is of age',
      ],
    },
    yours(
      '164.502(h)',
      'Confidential communications',
      'As 164.522(b) below: addresses are in the record; keeping to them is yours.',
    ),
    yours('164.502(i), 164.520', 'Uses agree with the notice of privacy practices', 'The notice is yours.'),
    yours('164.502(j)', 'Whistleblowers and victims among the workforce', 'Yours.'),
    {
      clause: '164.506(c)',
      asks: 'Treatment, payment and health care operations without authorization',
      met: 'here',
      feature: 'The organisation’s policy covers these purposes and those below them, for its own people',
      shownBy: [
        'src/consent/decide.test.ts › is permitted by its policy for treatment, payment and operations, and what lies below them',
        'test/journeys/tokens.test.ts › %s is permitted by policy',
      ],
    },
    {
      clause: '164.508(a)(1)',
      asks: 'Anything else needs an authorization',
      met: 'here',
      feature: 'Research, marketing and other purposes are refused unless a consent permits them',
      shownBy: [
        'src/consent/decide.test.ts › is refused for research, marketing and breaking the glass unless a consent permits it',
        'test/journeys/tokens.test.ts › %s is not: not found, no matches, no count',
        'test/journeys/consents.test.ts › a purpose that was not granted gets nothing',
      ],
    },
    {
      clause: '164.508(a)(2), (b)(3)(ii)',
      asks: 'Psychotherapy notes need an authorization of their own',
      met: 'in part',
      feature:
        'Notes labelled so are released under a consent that names them and nothing else; inside, to their author for treatment',
      operator: 'Notes must carry the label.',
      shownBy: [
        'src/consent/authorisation.test.ts › %s is combined with nothing else, and ends',
        'test/journeys/break-glass.test.ts › the clinician reads and finds what was closed; notes on psychotherapy stay closed',
        'src/consent/reference-agreement.test.ts › kept: $why',
        'src/consent/reference-agreement.test.ts › the decision and a second evaluator agree on … generated cases, in which every feature occurs',
      ],
    },
    yours(
      '164.508(a)(3), (a)(4)',
      'Marketing and sale need an authorization that says so',
      'What the form says is yours.',
    ),
    {
      clause: '164.508(b)(5)',
      asks: 'An authorization may be revoked at any time',
      met: 'here',
      feature: 'At any member, without a token; denied there at once, everywhere within a block',
      shownBy: [
        'test/journeys/consents.test.ts › denies at the node that receives it at once, and everywhere within a block',
        'src/consent/finality.test.ts › a revocation denies here although the ledger is away, through a restart, until it is final',
        'src/ledger/projection.test.ts › with the ledger out of reach the view fails closed',
      ],
    },
    {
      clause: '164.508(b)(6), (c)(4)',
      asks: 'Authorizations are kept, and the individual has a copy',
      met: 'here',
      feature: 'The Consent is kept verbatim and shown to the patient, committed to on the ledger',
      shownBy: [
        'src/consent/routes.test.ts › a grant permits what it says, is stored as it was signed, and is on the ledger as a commitment',
        'src/consent/routes.test.ts › staff see the consents that the decision lets them read; the patient sees all of their own',
      ],
    },
    {
      clause: '164.508(c)(1)',
      asks: 'Core elements: what, from whom, to whom, why, until when, signature and date',
      met: 'here',
      feature:
        'A Consent that cannot be enforced to the last element is refused with the element named; signed by a key that the patient holds',
      shownBy: [
        'src/consent/compile.test.ts › what cannot be enforced is refused, with the element named',
        'src/consent/contract.test.ts › refuses a grant that the key did not sign',
        'test/journeys/consents.test.ts › a grant that is not the patient’s own, exactly as signed, is refused and changes nothing',
      ],
    },
    yours(
      '164.508(c)(2)',
      'Statements on revocation, conditions and redisclosure',
      'They stand in the form that is signed.',
    ),
    missing('164.510(a)', 'Facility directories', 'There is no directory of who is there.'),
    recordedByHand('164.510(b)', 'Persons involved in the individual’s care, and disaster relief'),
    recordedByHand('164.512(a)', 'Required by law'),
    recordedByHand('164.512(b)', 'Public health activities'),
    recordedByHand('164.512(c)', 'Victims of abuse, neglect or domestic violence'),
    recordedByHand('164.512(d)', 'Health oversight'),
    {
      clause: '164.512(e)',
      asks: 'Judicial and administrative proceedings',
      met: 'in part',
      feature:
        'A purpose of its own (HLEGAL), never covered by the policy for operations where Part 2 protects, and accounted for; legal holds',
      operator: 'Orders and subpoenas are read by people.',
      shownBy: [
        'src/audit/accounting/basis.test.ts › counts a release for legal proceedings',
        'src/audit/access-event.test.ts › an AuditEvent conforms to IHE BALP',
        'test/journeys/erasure.test.ts › is refused while a legal hold stands, which only a privacy officer places and releases',
      ],
    },
    recordedByHand('164.512(f)', 'Law enforcement'),
    recordedByHand('164.512(g), (h)', 'Coroners, funeral directors, donation'),
    recordedByHand('164.512(i)', 'Research without authorization'),
    {
      clause: '164.512(j)',
      asks: 'A serious threat to health or safety',
      met: 'in part',
      feature:
        'A clinician breaks the glass for a serious and imminent threat, for a time, and it is reviewed; releases by other means are recorded by the privacy officer',
      operator: 'Whether the conditions hold, and whom you warn.',
      shownBy: [
        'src/consent/emergency.test.ts › what the law protects opens where the law says so',
        ...BY_HAND,
      ],
    },
    recordedByHand('164.512(k), (l)', 'Specialized government functions, workers’ compensation'),
    missing('164.514(e)', 'Limited data sets', 'Nothing here makes one; a release of one can be recorded.'),
    yours('164.514(f), (g)', 'Fundraising and underwriting', 'Yours.'),
    {
      clause: '164.514(h)',
      asks: 'The identity and authority of who asks is verified',
      met: 'in part',
      feature:
        'Users, apps and members are authenticated; patients’ keys are enrolled with a code that staff give',
      operator: 'Whom staff give the code to.',
      shownBy: [
        'src/identity/enrolment/enrolment-refusals.test.ts › a code is not given',
        'test/journeys/enrolment.test.ts › nobody binds a key to a patient without the code',
        'src/exchange/message-signature.test.ts › a request between members',
      ],
    },
  ],
};
