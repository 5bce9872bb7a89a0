import { missing, type Regulation, yours } from '../requirement.ts';

/** 21 CFR Part 11, as far as it is there. */
export const part11: Regulation = {
  title: '21 CFR Part 11: electronic records and signatures',
  about: 'As far as it is there: records, yes; signatures of persons on records, not yet.',
  requirements: [
    {
      clause: '11.10(a)',
      asks: 'Systems are validated; altered records are discerned',
      met: 'in part',
      feature: 'Every record has a receipt; one changed bit is found and named',
      operator: 'Validation of your installation; these tests are material for it.',
      shownBy: [
        'src/vault/integrity/tampering.test.ts › a changed byte is found, and the record named',
        'src/proof/tampering.test.ts › stops verifying when any single bit of its file changes',
      ],
    },
    {
      clause: '11.10(b)',
      asks: 'Accurate and complete copies, readable and electronic',
      met: 'here',
      feature: 'Decimals keep their digits; `$everything`, history, export of the trail with receipts',
      shownBy: [
        'test/journeys/fhir-operations.test.ts › decimals keep their digits',
        'test/journeys/fhir-operations.test.ts › gathers the whole compartment of one patient, in pages, each resource once',
        'src/audit/export/export.test.ts › an audit export',
      ],
    },
    {
      clause: '11.10(c)',
      asks: 'Records are protected and can be retrieved throughout retention',
      met: 'in part',
      feature: 'Retention rules and holds refuse an erasure; backups and restore',
      operator: 'Rules and backups.',
      shownBy: [
        'src/vault/erasure/retention.test.ts › while a retention rule keeps one of the records',
        'test/journeys/backup.test.ts › %s, lets the log continue and keeps the erased patient erased',
      ],
    },
    {
      clause: '11.10(d), (g)',
      asks: 'Access and authority are limited to authorized individuals',
      met: 'here',
      feature: 'As 164.312(a)(1) and (d) above',
      shownBy: [
        'test/journeys/roles.test.ts › as %s',
        'src/identity/administration/administration.test.ts › administration is for administrators at the portal, and',
      ],
    },
    {
      clause: '11.10(e)',
      asks: 'Time-stamped trails of who created, changed or deleted what, that obscure nothing',
      met: 'here',
      feature:
        'A write and its AuditEvent are one commit; older versions stay; times bounded by ledger and witnesses',
      shownBy: [
        'src/fhir/interactions/interactions.test.ts › create, update and delete leave one entry each, naming the patient and the version',
        'src/proof/verifier.test.ts › gives the time of its last needed cosignature, whatever the order of lines',
        'src/proof/verifier.test.ts › an event that claims to be more than five minutes later than its witnesses is flagged',
      ],
    },
    {
      clause: '11.10(f)',
      asks: 'Operational checks of the sequence of steps',
      met: 'here',
      feature: 'Versions, consents, requests and proposals take their steps in order or not at all',
      shownBy: [
        'test/journeys/consents.test.ts › sequences',
        'src/audit/rights/rights-request.test.ts › what was decided is not decided again',
      ],
    },
    missing('11.10(h)', 'Device checks of the source of data', 'Devices are clients like any other.'),
    yours('11.10(i), (j), (k)', 'Training, accountability, control of documentation', 'Yours.'),
    {
      clause: '11.30',
      asks: 'Open systems: authenticity, integrity and confidentiality from creation to receipt',
      met: 'here',
      feature: 'TLS, sealed and signed exchange, receipts',
      shownBy: [
        'src/exchange/message-signature.test.ts › a request between members',
        'src/crypto/crypto.test.ts › HPKE',
        'src/node/configuration.test.ts › a public address without TLS or a trusted proxy is refused',
      ],
    },
    missing(
      '11.50, 11.70',
      'Signatures show name, time and meaning, and are linked to their record',
      'Nobody signs records here.',
    ),
    missing(
      '11.100, 11.200',
      'Signatures are unique, verified, of two components',
      'As above. Signing in anew with a second factor, which they would rest on, is there.',
    ),
    {
      clause: '11.300(a)–(d)',
      asks: 'Identification codes and passwords: unique, checked, recalled when lost, misuse noticed',
      met: 'here',
      feature: 'Unique logins, links that end earlier ones, lock-out, recorded attempts',
      shownBy: [
        'src/identity/administration/administration.test.ts › gives a new link, which ends the one before and whatever was signed in',
        'src/identity/administration/administration.test.ts › adds no user with %s',
        'src/identity/sign-in/authorisation-code.test.ts › that is wrong is refused like a login that does not exist, and five close the login for a while',
        'test/journeys/passkeys.test.ts › of which a copy exists is refused: its counter does not grow',
      ],
    },
    yours('11.300(e)', 'Devices that bear codes are tested', 'Yours.'),
  ],
};
