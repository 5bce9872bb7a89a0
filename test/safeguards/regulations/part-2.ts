import type { Evidence } from '../evidence.ts';
import { missing, type Regulation, yours } from '../requirement.ts';

/** The decision and an evaluator written apart from it hold the rules of law against each other. */
const AGREED: readonly [Evidence, ...Evidence[]] = [
  'src/consent/reference-agreement.test.ts › the decision and a second evaluator agree on … generated cases, in which every feature occurs',
  'src/consent/reference-agreement.test.ts › kept: $why',
];

/** 42 CFR Part 2, subparts B to E, as amended on 16 February 2024. */
export const part2: Regulation = {
  title: '42 CFR Part 2, subparts B–E: substance use disorder records',
  about:
    'As amended by 89 FR 12472 (16 February 2024). Records are labelled by code sets, by the program that made them, or by their author.',
  requirements: [
    {
      clause: '2.12(c)(3), (d)',
      asks: 'Restrictions bind program and recipients; inside the program there is communication by need',
      met: 'in part',
      feature: 'Labelled records leave the organisation only under a consent that satisfies § 2.31',
      operator:
        'Saying who is a program. Inside a general hospital, what does not name the program is not known to be its.',
      shownBy: [
        'test/journeys/part-2.test.ts › an ordinary consent lets out what the hospital made, and nothing that its Part 2 program did',
        'src/consent/labelling/labelling.test.ts › a program under 42 CFR Part 2',
        ...AGREED,
      ],
    },
    {
      clause: '2.13(a)',
      asks: 'Records are used and disclosed only as the part permits, to what is necessary',
      met: 'in part',
      feature: 'A consent is enforced to the last element, labels as a high-water mark',
      operator: 'Labels on the records.',
      shownBy: [
        'test/journeys/part-2.test.ts › it serves nobody else, and no legal proceedings',
        'src/fhir/masked-parts.test.ts › of a resource of which a part is denied',
        'src/consent/decide.test.ts › is a high-water mark: permitting normal data permits what is lower and nothing higher or unlabelled',
        'src/consent/part-2.test.ts › leaves by no ordinary consent, whatever that permits',
        ...AGREED,
      ],
    },
    {
      clause: '2.13(c)',
      asks: 'Nothing tells that somebody is, or is not, a patient',
      met: 'here',
      feature: 'A refusal is the same whether or not there is anything, on every path and between members',
      shownBy: [
        'test/journeys/leaks/leaks.test.ts › deny means silence',
        'test/journeys/network.test.ts › a member answers the same for a patient that it has and for one that it has not',
        'test/journeys/tokens.test.ts › a type that is not granted is refused alike whether or not anything of it exists',
      ],
    },
    {
      clause: '2.14',
      asks: 'Minors consent themselves where state law lets them',
      met: 'in part',
      feature:
        'What a minor may obtain alone is kept from the parent on every path, and released by no grant of theirs',
      operator: 'Choosing the profile of law; a program’s judgement under (c) that a minor lacks capacity.',
      shownBy: ['test/journeys/minor.test.ts › a parent', 'test/journeys/minor.test.ts › a parent’s grant'],
    },
    {
      clause: '2.15',
      asks: 'Patients who lack capacity, and deceased patients',
      met: 'in part',
      feature: 'A guardian or agent consents for the patient',
      operator: 'Adjudications, and who may act for the deceased.',
      shownBy: ['test/journeys/delegate.test.ts › grants for the patient, and it takes effect'],
    },
    {
      clause: '2.16(a)',
      asks: 'Records are secured, and destroyed for good',
      met: 'here',
      feature: 'As 164.312 and 164.310(d)(2)(i) above: sealed at rest, erased by destroying keys',
      shownBy: [
        'src/vault/theft.test.ts › stolen files say no name, identifier, birth date, code, text, unit, logical id or hold',
        'src/vault/erasure/erasure.test.ts › cannot be read, found, listed or opened, and nothing more is stored under the id',
      ],
    },
    yours('2.16(b)', 'Breaches are notified as under HIPAA', 'Yours.'),
    yours('2.17', 'Undercover agents and informants', 'Yours.'),
    {
      clause: '2.19',
      asks: 'A program that ends destroys its records, or hands them on with consent',
      met: 'in part',
      feature: 'Erasure by patient and record, refused while law keeps it, with a signed tombstone',
      operator: 'There is no command that ends a whole program.',
      shownBy: [
        'test/journeys/erasure.test.ts › of one record leaves the patient, and says so in a proof that is checked offline',
      ],
    },
    {
      clause: '2.20',
      asks: 'State law that is stricter stays in force',
      met: 'in part',
      feature: 'Profiles of law, versioned and with sources: the federal one, and states that add to it',
      operator:
        'Choosing the profile. What a state without one asks for must be put into consents and labels.',
      shownBy: [
        'src/consent/policy-layers.test.ts › a state adds to the federal law, and consent-only has neither law nor organisation',
        'src/consent/policy-layers.test.ts › the profile %s says its layers, each rule with its source and the layer with its version',
      ],
    },
    yours('2.21, 2.22', 'Research subjects’ identity; notice to patients', 'Yours.'),
    {
      clause: '2.23(a)',
      asks: 'The patient has access to their own records',
      met: 'here',
      feature: 'As 164.524 above, labelled records included',
      shownBy: ['src/consent/decide.test.ts › reads their own record, even against their own denial'],
    },
    {
      clause: '2.24',
      asks: 'An intermediary tells the patient who had their records',
      met: 'here',
      feature: 'The accounting names each recipient; there is no intermediary that holds records',
      shownBy: ['test/journeys/story.test.ts › the accounting of disclosures names the clinic'],
    },
    {
      clause: '2.25',
      asks: 'An accounting of disclosures made with consent, for three years',
      met: 'here',
      feature:
        'Releases under a consent are listed with it, for six years; those for treatment, payment and operations beside them',
      shownBy: [
        'src/audit/accounting/accounting.test.ts › lists what left the organisation, and says what the rule would leave out and why',
        'test/journeys/accounting.test.ts › names the clinic by name, and the paragraph that would leave treatment out',
      ],
    },
    {
      clause: '2.26',
      asks: 'The patient may ask for restrictions',
      met: 'in part',
      feature: 'As 164.522(a) above',
      operator: 'Whether you agree.',
      shownBy: ['test/journeys/consents.test.ts › a denial inside wins over the permission around it'],
    },
    {
      clause: '2.31(a)',
      asks: 'Written consent names patient, discloser, information, recipients, purpose, right to revoke, expiry, signature, date',
      met: 'in part',
      feature: 'A Consent under Part 2 that lacks an element is refused, with the element named',
      operator: 'The statements that stand in the form.',
      shownBy: [
        'test/journeys/part-2.test.ts › a Part 2 consent without %s is refused with its name',
        'src/consent/authorisation.test.ts › without %s is refused, naming it and its paragraph',
        'src/consent/part-2.test.ts › that does not say %s is refused, with the element named',
        ...AGREED,
      ],
    },
    {
      clause: '2.31(a)(6), (a)(8)',
      asks: 'Revoked when the patient says so; signed',
      met: 'here',
      feature: 'Both by a key that the patient holds',
      shownBy: [
        'src/consent/contract.test.ts › refuses a grant that the key did not sign',
        'src/consent/decide.test.ts › is denied what a revoked consent permitted, from the moment the revocation is durable here',
      ],
    },
    {
      clause: '2.31(b)',
      asks: 'Counselling notes need a consent of their own',
      met: 'in part',
      feature: 'Notes labelled so are released under a consent that names them and nothing else',
      operator: 'Notes must carry the label.',
      shownBy: [
        'test/journeys/part-2.test.ts › counselling notes leave by a consent for them alone, and after it is revoked not any more',
        'src/consent/authorisation.test.ts › counselling notes by a consent for them alone',
        ...AGREED,
      ],
    },
    {
      clause: '2.31(c)',
      asks: 'Nothing is disclosed on a consent that is expired, deficient, revoked or known to be false',
      met: 'here',
      feature: 'A provision ends at its time; revoked and unsigned ones permit nothing',
      shownBy: [
        'src/consent/decide.test.ts › never outlives the consent it belongs to',
        'src/consent/granting.test.ts › whose Consent was changed after it was signed',
        'src/consent/finality.test.ts › a grant permits nothing while the ledger is away, and what it says afterwards',
      ],
    },
    {
      clause: '2.31(d)',
      asks: 'Consent for legal proceedings is given apart from any other',
      met: 'in part',
      feature:
        'HLEGAL is permitted only by a consent that permits nothing else; the release names it and is accounted for',
      operator: 'Reading what a court orders.',
      shownBy: [
        'src/audit/accounting/basis.test.ts › counts a release for legal proceedings',
        'src/audit/access-event.test.ts › an AuditEvent conforms to IHE BALP',
        'src/consent/part-2.test.ts › leaves for legal proceedings by a consent for them alone, and not as one of the operations below which they stand',
        ...AGREED,
      ],
    },
    {
      clause: '2.32',
      asks: 'A notice and a copy of the consent, or what it covers, go with each disclosure',
      met: 'here',
      feature: 'The exchange sends the notice and the scope of the consent in words along',
      shownBy: [
        'test/journeys/part-2.test.ts › a right one lets it out with the notice and the scope, without the notes and what the patient withholds',
        'src/consent/authorisation.test.ts › the scope of a consent is told in words, with its exceptions',
      ],
    },
    {
      clause: '2.33',
      asks: 'With consent, for what it says; onward only as the part allows',
      met: 'in part',
      feature: 'The purpose of the consent binds; a recipient’s purpose is in its signed request',
      operator: 'What the recipient does with it.',
      shownBy: ['test/journeys/consents.test.ts › a purpose that was not granted gets nothing'],
    },
    missing(
      '2.34–2.36',
      'Multiple enrollments, criminal justice referrals, prescription monitoring',
      'None of these exchanges is there.',
    ),
    {
      clause: '2.51',
      asks: 'Medical emergencies: to medical personnel, as far as the emergency needs, documented at once',
      met: 'here',
      feature:
        'Broken glass opens what the section opens, for a time; recorded with name, affiliation, discloser, time and nature',
      shownBy: [
        'src/audit/break-glass/break-glass.test.ts › stands in the queue with the facts of 42 CFR 2.51(c), for the privacy officer alone',
        'src/consent/emergency.test.ts › what the law protects opens where the law says so',
        'src/consent/emergency.test.ts › glass that is not broken for this',
      ],
    },
    {
      clause: '2.52, 2.53',
      asks: 'Research, audits and evaluations',
      met: 'in part',
      feature:
        'Refused without a consent for that purpose; what is released by other means is recorded by hand',
      operator: 'Whether the conditions hold.',
      shownBy: [
        'src/consent/decide.test.ts › is refused for research, marketing and breaking the glass unless a consent permits it',
        'src/audit/accounting/accounting.test.ts › a disclosure that did not go through this system',
      ],
    },
    missing('2.54', 'De-identified records for public health', 'Nothing here de-identifies.'),
    {
      clause: '2.61–2.67',
      asks: 'Court orders: records are not used against a patient without one, and only as it says',
      met: 'in part',
      feature:
        'Nothing is released for legal proceedings under the policy of the house; holds keep what an order concerns',
      operator: 'An order is read and carried out by people, who record the release.',
      shownBy: [
        'src/consent/part-2.test.ts › is not for legal proceedings under the policy of the house',
        ...AGREED,
        'src/audit/accounting/basis.test.ts › counts a release for legal proceedings',
        'src/vault/erasure/retention.test.ts › while a legal hold stands on the patient or on one record, and done after its release',
      ],
    },
    yours('2.68', 'Reports to the Secretary', 'Yours.'),
  ],
};
