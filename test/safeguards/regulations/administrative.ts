import { type Regulation, yours } from '../requirement.ts';

/** 45 CFR 164.308. */
export const administrative: Regulation = {
  title: '45 CFR 164.308: administrative safeguards',
  about: 'Most of it is the work of people. What is listed as done here is what gives them the means.',
  requirements: [
    yours(
      '164.308(a)(1)(ii)(A)',
      'An accurate and thorough risk analysis',
      'Yours to make. [The threat model](security.md) says what this product stops and what it does not.',
    ),
    yours(
      '164.308(a)(1)(ii)(B)',
      'Measures that bring risks down to a reasonable level',
      'Follows from your risk analysis.',
    ),
    yours(
      '164.308(a)(1)(ii)(C)',
      'Sanctions against workforce members who break the rules',
      'A policy of yours; reviewed flags and the audit trail are evidence for it.',
    ),
    {
      clause: '164.308(a)(1)(ii)(D)',
      asks: 'Regular review of records of system activity',
      met: 'in part',
      feature:
        'Accesses are flagged with a reason, listed for review, searched, exported and forwarded to a monitoring system',
      operator: 'Somebody has to look, and write down that they did.',
      shownBy: [
        'src/audit/anomaly/rules.test.ts › an access',
        'test/journeys/accounting.test.ts › staff who look at many patients, their neighbours and namesakes are flagged, with the reason',
        'test/portal/privacy.test.ts › on a %s sees unusual accesses with their reasons, reviews one, and sees what is due',
        'src/audit/forwarding/forwarding.test.ts › OTLP',
        'src/audit/forwarding/forwarding.test.ts › syslog',
      ],
    },
    yours(
      '164.308(a)(2)',
      'A security official',
      'Name one. The software knows administrators and privacy officers.',
    ),
    {
      clause: '164.308(a)(3)(ii)(A)',
      asks: 'Authorization or supervision of those who work with health information',
      met: 'in part',
      feature: 'Roles bound what people reach, whatever an app asks for',
      operator: 'Who gets which role is yours to decide.',
      shownBy: [
        'test/journeys/roles.test.ts › as %s',
        'src/identity/sign-in/roles.test.ts › what no role reaches is not had by asking for it by name',
      ],
    },
    yours(
      '164.308(a)(3)(ii)(B)',
      'Clearance: that a member’s access is appropriate',
      'A procedure of yours.',
    ),
    {
      clause: '164.308(a)(3)(ii)(C)',
      asks: 'Access ends when employment ends',
      met: 'here',
      feature: 'A closed account, a changed role and a removed app end tokens and sessions at once',
      shownBy: [
        'src/identity/administration/administration.test.ts › closes an account and changes a role: tokens end at once',
        'src/identity/administration/clients.test.ts › removes an app: what people granted it ends at once, and does not revive when its id is registered anew',
        'src/identity/sign-in/authorisation-code.test.ts › signs in no more, and its tokens and sessions end at once',
      ],
    },
    {
      clause: '164.308(a)(4)(ii)(A)',
      asks: 'A clearinghouse inside a larger organization is kept apart',
      met: 'in part',
      feature: 'Organisations on one node have keys, people, tokens and records of their own',
      operator: 'Give the clearinghouse an organisation of its own.',
      shownBy: [
        'src/identity/token/authenticator.test.ts › another organisation’s, even under a key that both know',
        'src/identity/administration/administration.test.ts › an administrator of another organisation is a stranger',
      ],
    },
    {
      clause: '164.308(a)(4)(ii)(B)',
      asks: 'Policies for granting access',
      met: 'here',
      feature: 'Role, scopes, purpose of use and the decision on each resource',
      shownBy: [
        'src/identity/scope/scopes.test.ts › what a scope allows',
        'test/journeys/tokens.test.ts › scopes bound what a token reaches',
        'test/journeys/tokens.test.ts › purposes bound what the own organisation may do',
      ],
    },
    {
      clause: '164.308(a)(4)(ii)(C)',
      asks: 'Policies for establishing, reviewing and changing access',
      met: 'in part',
      feature: 'An administrator’s page for people, apps, members and keys; every change is recorded',
      operator: 'Review who has which role, at intervals of yours.',
      shownBy: [
        'src/identity/administration/administration.test.ts › an administrator',
        'test/journeys/smart.test.ts › registers an app, and sees members and keys',
      ],
    },
    yours('164.308(a)(5)(ii)(A)', 'Security reminders', 'Training is yours.'),
    {
      clause: '164.308(a)(5)(ii)(B)',
      asks: 'Protection from malicious software',
      met: 'in part',
      feature: 'Every package has an exact version and a digest, and runs nothing when it is installed',
      operator: 'Protecting the machines is yours.',
      shownBy: ['test/house/packages.test.ts › packages'],
    },
    {
      clause: '164.308(a)(5)(ii)(C)',
      asks: 'Log-in attempts are monitored',
      met: 'here',
      feature: 'Each attempt is recorded, wrong passwords lock the login, guessing is limited by address',
      shownBy: [
        'test/journeys/audit-trail.test.ts › signing in is recorded, refused or not',
        'src/identity/sign-in/authorisation-code.test.ts › that is wrong is refused like a login that does not exist, and five close the login for a while',
        'src/node/http/server.test.ts › the limit on what is guessed at counts by the route: %s',
      ],
    },
    {
      clause: '164.308(a)(5)(ii)(D)',
      asks: 'Passwords are made, changed and kept safely',
      met: 'here',
      feature:
        'Weak passwords are refused, kept as argon2id and sealed; set by a link that works once; passkeys instead',
      shownBy: [
        'src/identity/directory/password.test.ts › a password',
        'src/identity/administration/administration.test.ts › lets somebody in: a one-time link sets a password, once, and it signs them in',
        'test/journeys/passkeys.test.ts › signs its owner in without login or password',
      ],
    },
    {
      clause: '164.308(a)(6)(ii)',
      asks: 'Incidents are identified, answered and documented',
      met: 'in part',
      feature: 'Flags, alarms about logs that show two histories, tampering found and named',
      operator: 'Answering and documenting an incident, and notifying of a breach (164.400–414), is yours.',
      shownBy: [
        'src/vault/integrity/tampering.test.ts › a changed byte is found, and the record named',
        'src/log/split-view.test.ts › is found out by every honest witness that is shown both, with both heads as evidence',
        'test/journeys/story.test.ts › a byte that somebody tampers with is found, and the record is named',
      ],
    },
    {
      clause: '164.308(a)(7)(ii)(A)',
      asks: 'Retrievable exact copies of health information',
      met: 'in part',
      feature: '`holdfast backup`, also of a running node',
      operator: 'Make them, and keep keyrings elsewhere.',
      shownBy: [
        'src/node/operations/operations.test.ts › backup and restore',
        'test/journeys/backup.test.ts › holds no key: neither keyring nor key store in the clear',
      ],
    },
    {
      clause: '164.308(a)(7)(ii)(B)',
      asks: 'Lost data can be restored',
      met: 'here',
      feature:
        '`holdfast restore`; the log gets back its leaves from those who mirror it, erased patients stay erased',
      shownBy: [
        'test/journeys/backup.test.ts › %s, lets the log continue and keeps the erased patient erased',
        'src/log/recovery.test.ts › a log restored from an old backup',
      ],
    },
    {
      clause: '164.308(a)(7)(ii)(C)',
      asks: 'Critical work goes on in an emergency',
      met: 'in part',
      feature: 'Reads go on when the disk is full; with the ledger away, the own organisation goes on',
      operator: 'A plan for when the node itself is down.',
      shownBy: [
        'test/faults/disk-full.test.ts › a full disk',
        'src/consent/finality.test.ts › a revocation denies here although the ledger is away, through a restart, until it is final',
      ],
    },
    yours(
      '164.308(a)(7)(ii)(D)',
      'Contingency plans are tested and revised',
      'Restore a backup now and then.',
    ),
    yours('164.308(a)(7)(ii)(E)', 'How critical each application and its data are', 'Yours to say.'),
    {
      clause: '164.308(a)(8)',
      asks: 'Periodic evaluation, technical and not',
      met: 'in part',
      feature: 'This table and the run that takes safeguards out (below) are made anew with each version',
      operator: 'The evaluation of your organization is yours.',
      shownBy: [
        'test/house/compliance-document.test.ts › is what its tables say, to the byte',
        'test/house/compliance-document.test.ts › every safeguard that is taken out stands in its file exactly once',
      ],
    },
    {
      clause: '164.308(b)(1)',
      asks: 'Satisfactory assurances of business associates',
      met: 'in part',
      feature:
        'Nobody joins the network unless more than half of the members want it; a suspended member is shut out',
      operator: 'The contracts (164.308(b)(3), 164.314(a)) are yours.',
      shownBy: [
        'src/identity/contract.test.ts › a majority of the active members decides, and nothing happens before',
        'src/identity/contract.test.ts › who is suspended neither decides nor counts, and comes back by a majority of the others',
      ],
    },
  ],
};
