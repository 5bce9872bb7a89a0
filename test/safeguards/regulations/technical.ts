import type { Regulation } from '../requirement.ts';

/** 45 CFR 164.312. */
export const technical: Regulation = {
  title: '45 CFR 164.312: technical safeguards',
  about: 'What software must do by itself.',
  requirements: [
    {
      clause: '164.312(a)(1)',
      asks: 'Only those to whom access rights were granted reach health information',
      met: 'here',
      feature: 'One decision on every path; a refusal tells nothing',
      shownBy: [
        'test/journeys/leaks/leaks.test.ts › deny means silence',
        'test/journeys/leaks/leaks.test.ts › every route that is served has a row',
        'src/fhir/search/side-doors.test.ts › what a consent denies is not found through another door',
        'src/fhir/patient-token.test.ts › stays with one patient whatever level its scopes are at',
      ],
    },
    {
      clause: '164.312(a)(2)(i)',
      asks: 'Each user has a unique name or number',
      met: 'here',
      feature: 'Accounts have an id that is never given twice; the trail names the person, not only the app',
      shownBy: [
        'src/identity/administration/administration.test.ts › adds no user with %s',
        'src/identity/sign-in/authorisation-code.test.ts › gives a token with context, identity and a refresh token, and the audit trail names the person',
      ],
    },
    {
      clause: '164.312(a)(2)(ii)',
      asks: 'Health information can be obtained in an emergency',
      met: 'here',
      feature:
        'A clinician breaks the glass: with a reason, for a time, also while the ledger is away; patient and privacy officer are told',
      shownBy: [
        'test/journeys/break-glass.test.ts › with broken glass',
        'src/exchange/emergency.test.ts › in an emergency, while the view of the ledger is older than it may be',
        'src/audit/break-glass/break-glass.test.ts › broken glass',
        'src/audit/break-glass/break-glass.test.ts › nobody breaks the glass',
        'src/consent/emergency.test.ts › in an emergency',
      ],
    },
    {
      clause: '164.312(a)(2)(iii)',
      asks: 'A session ends after a time of inactivity',
      met: 'in part',
      feature: 'Sessions end after twelve hours, tokens after one, whether they are used or not',
      operator: 'Workstations that lock themselves: the portal does not notice that nobody sits there.',
      shownBy: [
        'src/identity/sign-in/sessions.test.ts › end after twelve hours, and let in whom an app wants to see anew only by password',
        'src/identity/token/authenticator.test.ts › is verified once, and refused at the moment it expires',
      ],
    },
    {
      clause: '164.312(a)(2)(iv)',
      asks: 'Health information is encrypted at rest',
      met: 'here',
      feature: 'AES-256-GCM, one key for each patient and resource, searched by keyed hashes',
      shownBy: [
        'src/vault/theft.test.ts › stolen files say no name, identifier, birth date, code, text, unit, logical id or hold',
        'test/faults/plain-text.test.ts › none of them stands in the data folder, on the ledger, in metrics, or in what the process wrote',
        'src/crypto/vectors.test.ts › AES-256-GCM: every invalid case is refused, every valid one opens',
        'src/vault/keys/keys.test.ts › does not open with another passphrase, nor when a byte was changed or the file cut',
      ],
    },
    {
      clause: '164.312(b)',
      asks: 'Activity in systems with health information is recorded and can be examined',
      met: 'here',
      feature:
        'An AuditEvent (IHE BALP) for each request, and for each attempt at an answer that a revocation overtook, durable before the answer, in a log that others witness',
      shownBy: [
        'test/journeys/audit-trail.test.ts › every request leaves exactly one AuditEvent, whatever its outcome',
        'src/audit/access-event.test.ts › an AuditEvent conforms to IHE BALP',
        'src/fhir/routes.test.ts › what cannot be recorded is not answered',
        'test/faults/kill.test.ts › loses no acknowledged write, audit entry or consent, and leaves sequence and tree intact',
        'test/journeys/accounting.test.ts › is checked offline, and no more when one event is left out, changed or moved',
        'src/proof/audit-export.test.ts › an export of the audit trail',
      ],
    },
    {
      clause: '164.312(c)(1)',
      asks: 'Health information is protected from improper alteration and destruction',
      met: 'here',
      feature: 'Versions are never overwritten; each is committed to in an append-only log',
      shownBy: [
        'src/vault/versions.test.ts › is not written over another writer: the second with the same number is refused',
        'src/vault/crash.test.ts › a process that stops at any write point',
        'test/journeys/fhir-interactions.test.ts › a deleted resource is gone, its versions stay, and it can be written again',
      ],
    },
    {
      clause: '164.312(c)(2)',
      asks: 'It can be shown that health information was not altered or destroyed',
      met: 'here',
      feature: 'Receipts that anybody verifies offline; `holdfast fsck`',
      shownBy: [
        'src/proof/tampering.test.ts › stops verifying when any single bit of its file changes',
        'src/vault/integrity/tampering.test.ts › a changed byte is found, and the record named',
        'test/journeys/commands.test.ts › one flipped bit in a sealed record, its key, its opening or the log is found',
      ],
    },
    {
      clause: '164.312(d)',
      asks: 'Whoever seeks access is who they claim to be',
      met: 'here',
      feature:
        'Passwords and passkeys, SMART App Launch with PKCE, private-key clients, patients’ keys enrolled with a code',
      shownBy: [
        'src/identity/token/authenticator.test.ts › a forged token is refused',
        'src/identity/sign-in/machines-and-launches.test.ts › a machine’s assertion',
        'src/identity/directory/passkeys.test.ts › a passkey',
        'src/identity/enrolment/enrolment-refusals.test.ts › a key is not enrolled',
      ],
    },
    {
      clause: '164.312(e)(1)',
      asks: 'Health information is guarded while it is transmitted',
      met: 'here',
      feature: 'Without TLS only loopback is bound; members’ messages are signed and sealed',
      shownBy: [
        'src/node/configuration.test.ts › a public address without TLS or a trusted proxy is refused',
        'src/crypto/crypto.test.ts › HPKE',
      ],
    },
    {
      clause: '164.312(e)(2)(i)',
      asks: 'What is transmitted is not altered unnoticed',
      met: 'here',
      feature: 'HTTP message signatures (RFC 9421) over method, address and body, bound to the request',
      shownBy: [
        'src/exchange/message-signature.test.ts › is refused when its body, address, method or signer was changed',
        'src/exchange/message-signature.test.ts › belongs to one request and to the member that was asked',
        'src/exchange/nonce-store.test.ts › a nonce is taken once, also after a restart',
      ],
    },
    {
      clause: '164.312(e)(2)(ii)',
      asks: 'What is transmitted is encrypted where that is appropriate',
      met: 'in part',
      feature: 'TLS 1.2 or later, or a trusted proxy; HPKE between members beneath it',
      operator: 'Certificates, and the proxy where there is one.',
      shownBy: [
        'src/crypto/crypto.test.ts › a message opens only with the right key, info and place, and no changed bit',
        'test/journeys/lifecycle.test.ts › behind a reverse proxy',
      ],
    },
  ],
};
