import { type Regulation, yours } from '../requirement.ts';

/** 45 CFR 164.520 to 164.528. */
export const individualRights: Regulation = {
  title: '45 CFR 164.520–164.528: rights of individuals',
  about: 'Requests are taken from the patient or from an officer for them; the clock runs by itself.',
  requirements: [
    yours('164.520', 'Notice of privacy practices', 'Yours.'),
    {
      clause: '164.522(a)(1)',
      asks: 'The individual may ask for restrictions; one for what they paid themselves must be granted',
      met: 'in part',
      feature:
        'A restriction is a Consent that denies: by organisation, person, purpose, code, label or single record',
      operator: 'Whether you agree, and which records were paid for.',
      shownBy: [
        'src/consent/decide.test.ts › a nested provision',
        'src/fhir/denied-actions.test.ts › each action that a patient denies is denied where it happens, and the others go on',
        'test/journeys/consents.test.ts › a denial inside wins over the permission around it',
      ],
    },
    {
      clause: '164.522(a)(3)',
      asks: 'Restrictions are documented',
      met: 'here',
      feature: 'Consents are kept with every version, and on the ledger as commitments',
      shownBy: [
        "src/consent/recorded-consent.test.ts › is on the ledger first, as the custodian's own record without a key, then stored and in force",
      ],
    },
    yours(
      '164.522(b)',
      'Confidential communications by other means or at other places',
      'Addresses are in the record; keeping to them is yours.',
    ),
    {
      clause: '164.524(a)(1)',
      asks: 'Access to the record',
      met: 'here',
      feature: 'Through the portal, any SMART app, `$everything`, and as an export',
      shownBy: [
        'src/fhir/operations/operations.test.ts › pages through one patient’s compartment, each resource once, naming that patient',
        'test/portal/patient.test.ts › %s reads, grants, looks who looked, and revokes',
        'src/fhir/patient-token.test.ts › reads that patient’s record and the organisation’s directory, and nothing else',
      ],
    },
    {
      clause: '164.524(a)(2), (a)(3), (d)',
      asks: 'Denied only on the rule’s grounds, in plain language, with what can be done next',
      met: 'in part',
      feature: 'Grounds are a closed list, each with its paragraph; the answer says what to do next',
      operator: 'The licensed professional’s judgement, and the review by another one.',
      shownBy: [
        'src/audit/rights/rights.test.ts › a request of an individual',
        'src/audit/rights/rights-request.test.ts › access is denied on the grounds of the rule only, with what can be done next',
      ],
    },
    {
      clause: '164.524(b)(2)',
      asks: 'Within thirty days, extended once by thirty',
      met: 'here',
      feature: 'Due dates, one extension in time and with reasons, overdue requests shown',
      shownBy: [
        'src/audit/rights/rights.test.ts › for %s is due by %s, once extended by %s at the latest',
        'src/audit/rights/rights-request.test.ts › an open request is overdue once its time is over, and no closed one is',
        'test/portal/privacy.test.ts › on a %s sees unusual accesses with their reasons, reviews one, and sees what is due',
      ],
    },
    {
      clause: '164.524(c)(2), (c)(3)',
      asks: 'In the form asked for, electronically where it is kept so, also sent to somebody else',
      met: 'here',
      feature:
        'FHIR JSON by standard interfaces; a grant lets another organisation fetch it, an app let in by the patient too',
      shownBy: [
        'test/journeys/story.test.ts › the clinic reads the record through its own node, every entry with a receipt that verifies offline',
        'test/journeys/smart.test.ts › fhirclient completes a standalone launch for the patient, and refreshes',
      ],
    },
    yours('164.524(c)(4)', 'A reasonable, cost-based fee', 'Nothing here charges.'),
    {
      clause: '164.524(e), 164.526(f), 164.528(d)',
      asks: 'Requests, statements and accountings are documented, with who is responsible',
      met: 'here',
      feature: 'Each step names who took it, and is an entry of the log with a receipt',
      shownBy: [
        'src/audit/rights/rights.test.ts › has each step in the log, and what it says is under the patient’s key',
        'src/audit/accounting/accounting.test.ts › leaves an entry of its own, whoever asked',
      ],
    },
    {
      clause: '164.526(a)(2), (d)(1)',
      asks: 'An amendment is denied only on four grounds, in plain language',
      met: 'here',
      feature: 'The grounds are a closed list; a denial says what can be done next',
      shownBy: [
        'src/audit/rights/rights.test.ts › is denied on the grounds of the rule only, disagreed with once, rebutted once',
        'test/journeys/amendment.test.ts › a patient asks for an amendment, is denied, disagrees, and the dispute goes with every later disclosure',
      ],
    },
    {
      clause: '164.526(b)(2)',
      asks: 'Within sixty days, extended once by thirty',
      met: 'here',
      feature: 'As for access',
      shownBy: ['src/audit/rights/rights.test.ts › for %s is due by %s, once extended by %s at the latest'],
    },
    {
      clause: '164.526(c)(1)',
      asks: 'An accepted amendment is made in the record',
      met: 'here',
      feature: 'The request names the versions that it made',
      shownBy: [
        'src/audit/rights/rights.test.ts › is granted with the versions that it made, which are the patient’s',
        'test/journeys/amendment.test.ts › a granted amendment names the version that was made',
      ],
    },
    yours(
      '164.526(c)(2), (c)(3), (e)',
      'Others are told of an amendment, and theirs is taken over',
      'The accounting says who has it; telling them is yours.',
    ),
    {
      clause: '164.526(d)(2)–(d)(5)',
      asks: 'Statement of disagreement, rebuttal, both with every later disclosure',
      met: 'here',
      feature: 'A Communication in the patient’s compartment, which `$everything` and the exchange carry',
      shownBy: [
        'src/audit/rights/rights.test.ts › that is disputed stands beside the record, in the patient’s compartment, for every later disclosure',
        'src/audit/rights/disagreement.test.ts › a statement of disagreement',
        'test/journeys/amendment.test.ts › a patient asks for an amendment, is denied, disagrees, and the dispute goes with every later disclosure',
      ],
    },
    {
      clause: '164.526(d)(5)(ii)',
      asks: 'Without a statement, request and denial go with later disclosures when the individual asks for that',
      met: 'here',
      feature:
        'A step of its own makes the Communication of request and denial alone; a statement may still follow',
      shownBy: [
        'src/audit/rights/disagreement.test.ts › stand in the patient’s compartment only once that was asked for, and a statement still follows',
        'test/journeys/amendment.test.ts › a patient who makes no statement asks that request and denial go with later disclosures, and from then on they do',
      ],
    },
    {
      clause: '164.528(a)(1)',
      asks: 'An accounting of disclosures of six years, without those that the rule leaves out',
      met: 'here',
      feature:
        'What left the organisation, apart from the log of accesses; what is left out is shown with its paragraph',
      shownBy: [
        'src/audit/accounting/accounting.test.ts › lists what left the organisation, and says what the rule would leave out and why',
        'src/audit/accounting/basis.test.ts › leaves out treatment, payment and operations as 45 CFR 164.501 means them, and no other purpose',
        'test/journeys/accounting.test.ts › the accounting of disclosures',
      ],
    },
    {
      clause: '164.528(a)(2)',
      asks: 'Suspended for health oversight or law enforcement: written until its end, spoken for thirty days',
      met: 'here',
      feature:
        'Hidden from lists, counts, pages, receipts and exports, and from the trail of itself; ends by itself',
      shownBy: [
        'src/audit/accounting/accounting.test.ts › a suspension',
        'src/fhir/suspended-event.test.ts › an AuditEvent that is suspended (45 CFR 164.528(a)(2))',
        'src/audit/accounting/suspension.test.ts › a suspension stands however many were recorded and ended after it, also after a restart',
        'test/journeys/accounting.test.ts › a suspension hides a release from the individual: in no list, count, receipt, page or export',
      ],
    },
    {
      clause: '164.528(b)(2)',
      asks: 'Date, recipient and address, description, purpose',
      met: 'here',
      feature: 'From the AuditEvent; names and addresses of members from the members themselves',
      shownBy: [
        'src/audit/accounting/accounting.test.ts › lists what left the organisation, and says what the rule would leave out and why',
        'src/audit/accounting/accounting.test.ts › is accounted for with name, address, description and basis',
        'src/audit/accounting/basis.test.ts › names a purpose that is no operation by its own name',
      ],
    },
    {
      clause: '164.528(c)(1)',
      asks: 'Within sixty days, extended once by thirty',
      met: 'here',
      feature: 'The patient reads it at once; a request has the clock',
      shownBy: [
        'src/audit/accounting/accounting.test.ts › is given to the patient and to staff who may read AuditEvents',
        'src/audit/rights/rights.test.ts › for %s is due by %s, once extended by %s at the latest',
      ],
    },
    {
      clause: '164.528(c)(2)',
      asks: 'The first accounting in twelve months is free',
      met: 'here',
      feature: 'A request says whether it is the free one',
      shownBy: ['src/audit/rights/rights.test.ts › for an accounting is free once in twelve months'],
    },
  ],
};
