import { type Regulation, yours } from '../requirement.ts';

/** 45 CFR Part 171. */
export const informationBlocking: Regulation = {
  title: '45 CFR Part 171: information blocking',
  about:
    'A refusal must rest on law or on an exception. Which one applies is kept with the refusal, sealed for the privacy officer: to whoever asked it would tell that there is something.',
  requirements: [
    {
      clause: '171.103',
      asks: 'No practice that is likely to interfere with access, exchange or use',
      met: 'in part',
      feature: 'Standard interfaces, open to the patient’s own apps; metadata and configuration are public',
      operator: 'Your practices.',
      shownBy: [
        'test/journeys/fhir-operations.test.ts › is public and lists what there is: every operation named here, JSON only',
        'test/journeys/smart.test.ts › fhirclient completes a standalone launch for the patient, and refreshes',
        'src/identity/sign-in/machines-and-launches.test.ts › the SMART configuration and discovery name what is served, to pages of any origin',
      ],
    },
    {
      clause: '171.201',
      asks: 'Preventing harm',
      met: 'in part',
      feature: 'Access is denied for danger on the grounds of 164.524(a)(3) only, with review',
      operator: 'The professional’s judgement.',
      shownBy: [
        'src/audit/rights/rights-request.test.ts › access is denied on the grounds of the rule only, with what can be done next',
      ],
    },
    {
      clause: '171.202(b), (e)',
      asks: 'Privacy: a precondition of law is not satisfied, or the individual asked not to share',
      met: 'in part',
      feature:
        'A refusal rests on a consent, a provision or a rule of law, and names the exception, or that law requires it',
      operator: 'Saying so to who asked, where law allows: over the network a refusal is silent.',
      shownBy: [
        'src/consent/information-blocking.test.ts › %s for %j (%s) is %s, %s',
        'src/audit/refusals/refusals.test.ts › the privacy officer reads which exception applies, and nobody else does',
        'src/consent/decide.test.ts › is permitted by a consent that names it, which the decision names',
        'src/consent/decide.test.ts › is denied by any one denial, whatever else permits',
      ],
    },
    {
      clause: '171.202(d)',
      asks: 'Privacy: an individual’s request is denied as 164.524(a)(1) and (2) allow',
      met: 'here',
      feature: 'The same closed list of grounds',
      shownBy: [
        'src/audit/rights/rights-request.test.ts › access is denied on the grounds of the rule only, with what can be done next',
      ],
    },
    {
      clause: '171.203',
      asks: 'Security: tailored, consistent, documented',
      met: 'in part',
      feature:
        'Refusals for security have stable codes and tell nothing; limits are named in [the threat model](security.md)',
      operator: 'A policy in writing.',
      shownBy: [
        'test/journeys/tokens.test.ts › a token that is not good is 401 on every bearer route, and tells nothing',
        'src/node/http/server.test.ts › the limit on what is guessed at counts by the route: %s',
      ],
    },
    {
      clause: '171.204',
      asks: 'Infeasibility: said within ten business days, with the reason',
      met: 'in part',
      feature:
        'What cannot be answered is refused with a reason, never ignored; members that are away are named as such',
      operator: 'A written answer to who asked.',
      shownBy: [
        'test/journeys/fhir-search.test.ts › %s is refused, never ignored',
        'test/journeys/network.test.ts › every other active member has one outcome, and the own records are there',
      ],
    },
    {
      clause: '171.205',
      asks: 'Performance: unavailable only as long as needed',
      met: 'in part',
      feature: 'Readiness with reasons; overload is said and put off; certificates that end are warned of',
      operator: 'Maintenance windows.',
      shownBy: [
        'test/journeys/node-surface.test.ts › /health and /ready',
        'src/vault/concurrency.test.ts › that are more than can wait are told so',
        'src/node/fabric/certificates-told.test.ts › is a warning in /ready, which the node stays',
      ],
    },
    yours(
      '171.206',
      'Protecting care access',
      'Yours to decide and document; a Consent or a label can carry it out.',
    ),
    {
      clause: '171.301',
      asks: 'The manner requested, or one by a standard',
      met: 'here',
      feature: 'FHIR R4, SMART App Launch 2.2, backend services; a machine-readable export',
      shownBy: [
        'test/journeys/smart.test.ts › fhirclient completes an EHR launch for a clinician, with the patient and encounter of the launch',
        'test/journeys/smart.test.ts › fhirclient signs an assertion, and reads with the token what the machine is registered for',
        'src/fhir/operations/operations.test.ts › is valid, lists each operation where it may be called, and no write of AuditEvents',
      ],
    },
    yours('171.302', 'Fees', 'Nothing here charges.'),
    yours('171.303', 'Licensing', 'The interfaces are published standards, the code is under Apache-2.0.'),
    {
      clause: '171.403',
      asks: 'TEFCA manner',
      met: 'not there',
      missing: 'There is no connection to TEFCA.',
    },
  ],
};
