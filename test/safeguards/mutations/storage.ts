import type { Mutation } from '../mutation.ts';

const ENCRYPTION = '45 CFR 164.312(a)(2)(iv)';
const INTEGRITY = '45 CFR 164.312(c)(1)';

/** What lies on disk: encryption, erasure, retention. */
export const storageMutations: readonly Mutation[] = [
  {
    safeguard: 'a changed byte of sealed data is found',
    clauses: [INTEGRITY, '45 CFR 164.312(c)(2)'],
    file: 'src/crypto/aead.ts',
    find: 'return Buffer.concat([body, decipher.final()]);',
    replace: 'return body;',
    turnsRed: 'src/crypto/crypto.test.ts › any changed bit of message, key or place is refused',
  },
  {
    safeguard: 'a sealed record opens in its own place alone (associated data)',
    clauses: [INTEGRITY, ENCRYPTION],
    file: 'src/vault/sealing/associated-data.ts',
    find: "place.join('\\n')",
    replace: "place.join('').slice(0, 0)",
    turnsRed: 'src/vault/sealing/sealed-version.test.ts › a version opens in its own place and in no other',
  },
  {
    safeguard: 'logical ids and codes stand in the index as keyed hashes',
    clauses: [ENCRYPTION],
    file: 'src/vault/blind-index/blind-key.ts',
    find: 'return this.#hash.of(text).slice(0, BLIND_BYTES) as Blind;',
    replace: "return text.padStart(BLIND_BYTES, '.').slice(-BLIND_BYTES) as Blind;",
    turnsRed:
      'src/vault/theft.test.ts › stolen files say no name, identifier, birth date, code, text, unit, logical id or hold',
  },
  {
    safeguard: 'the keyring opens with its passphrase alone',
    clauses: [ENCRYPTION],
    file: 'src/crypto/passphrase.ts',
    find: "const bytes = Buffer.from(passphrase.normalize('NFKC'), 'utf8');",
    replace: "const bytes = Buffer.from('', 'utf8');",
    turnsRed:
      'src/crypto/crypto.test.ts › a wrong passphrase, another place or a changed byte is refused alike',
  },
  {
    safeguard: 'erasing destroys the patient’s key, so that no older copy of the data opens',
    clauses: ['45 CFR 164.310(d)(2)(i)'],
    file: 'src/vault/erasure/eraser.ts',
    find: '    if (compartment !== undefined) store.destroyCompartment(compartment);\n    if (rid',
    replace: '    if (rid',
    turnsRed: 'src/vault/erasure/erasure.test.ts › stays erased when an older copy of the data is put back',
  },
  {
    safeguard: 'a legal hold refuses an erasure',
    clauses: ['45 CFR 164.512(e)'],
    file: 'src/vault/erasure/eraser.ts',
    find: '    await this.#holds.requireNone([target.name, ...plan.erased.map(({ name }) => name)]);\n',
    replace: '',
    turnsRed:
      'src/vault/erasure/retention.test.ts › while a legal hold stands on the patient or on one record, and done after its release',
  },
  {
    safeguard: 'a retention rule refuses an erasure',
    clauses: ['45 CFR 164.316(b)(2)(i)', '45 CFR 164.530(j)(2)'],
    file: 'src/vault/erasure/eraser.ts',
    find: '    requireRetentionOver(plan.erased, services.retention ?? [], now);\n',
    replace: '',
    turnsRed: 'src/vault/erasure/retention.test.ts › while a retention rule keeps one of the records',
  },
  {
    safeguard: 'what the audit trail holds outlives the record',
    clauses: ['45 CFR 164.528(d)'],
    file: 'src/vault/erasure/eraser.ts',
    find: '    if (wraps.length === 0)\n',
    replace: '    if (wraps.length < 0)\n',
    turnsRed: 'src/vault/erasure/retention.test.ts › for what is in audit custody',
  },
];
