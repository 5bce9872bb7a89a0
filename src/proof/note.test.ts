import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { signerFor } from '../../test/interop/network.ts';
import { cases, describeVectors } from '../../test/interop/vectors.ts';
import {
  ED25519_NOTE,
  formatNote,
  formatSignatureLine,
  fromHex,
  MAX_NOTE_SIGNATURES,
  noteVerifier,
  openNote,
  parseNote,
  parseVerifierKey,
  signatureLine,
  utf8,
  verifierKey,
} from './index.ts';

const refusal = (code: string) => expect.objectContaining({ name: 'ProofError', code });

interface NoteCase {
  name: string;
  note?: string;
  noteHex?: string;
  vkeys: string[];
  valid: boolean;
  verified?: string[];
  unverified?: string[];
  error?: string;
  optional?: string;
}

describeVectors('published notes', () => {
  const notes = cases<NoteCase>('tlog/signed-note.json');
  const bytesOf = ({ note, noteHex }: NoteCase) =>
    noteHex === undefined ? utf8(note ?? '') : fromHex(noteHex);

  test('open or are refused for the published reason', () => {
    expect(notes).toHaveLength(19);
    for (const vector of notes.filter(({ optional }) => optional === undefined)) {
      const verifiers = vector.vkeys.map((vkey) => noteVerifier(parseVerifierKey(vkey)));
      const open = () => openNote(bytesOf(vector), verifiers);
      if (vector.valid) {
        const { verified, unverified } = open();
        expect(
          verified.map(({ name }) => name),
          vector.name,
        ).toEqual(vector.verified);
        expect(
          unverified.map(({ name }) => name),
          vector.name,
        ).toEqual(vector.unverified);
      } else {
        const code = vector.name.startsWith('101 signatures') ? 'too-large' : (vector.error ?? '');
        expect(open, vector.name).toThrow(refusal(code));
      }
    }
  });

  test('with keys of a type that is not supported cannot be opened', () => {
    const optional = notes.filter((vector) => vector.optional !== undefined);
    expect(optional).toHaveLength(3);
    for (const { vkeys } of optional)
      expect(() => vkeys.map(parseVerifierKey)).toThrow(refusal('unsupported'));
  });
});

describe('a signed note', () => {
  const signer = signerFor('example.com/log');
  const verifier = noteVerifier(
    verifierKey({ name: signer.name, type: ED25519_NOTE, publicKey: signer.publicKey }),
  );
  const text = 'one\n\ntwo\n';

  test('opens with its key, empty lines in the text included', async () => {
    const note = `${text}\n${await signatureLine(text, signer)}`;
    expect(openNote(note, [verifier]).text).toBe(text);
  });

  test('does not open when a byte of the text changes', async () => {
    const note = `${text}\n${await signatureLine(text, signer)}`;
    expect(() => openNote(note.replace('two', 'twO'), [verifier])).toThrow(refusal('invalid-signature'));
  });

  test('does not open when a second line moves into the signatures', async () => {
    const line = await signatureLine('one\n', signer);
    expect(() => openNote(`one\n\ntwo\n${line}`, [verifier])).toThrow(refusal('malformed'));
  });

  test.each([
    'x\n\n— a\tb AAAAAAA=\n',
    'x\n\n— a AAAAAA==\n',
    'x\n\n- a AAAAAAA=\n',
    'x\n\n— a AAAAAAA= \n',
    'x\n\n—  AAAAAAA=\n',
    'x\r\n\n— a AAAAAAA=\n',
    'x\n— a AAAAAAA=\n',
    'x\n\n— a AAAAAAA=',
    'x\n\n— a AAAAAAB=\n',
    'x\n\n— a+b AAAAAAA=\n',
    '\ud800\n\n— a AAAAAAA=\n',
  ])('is not %j', (note) => expect(() => parseNote(note)).toThrow(refusal('malformed')));

  test('may have 100 signatures, and no more', () => {
    const line = formatSignatureLine({ name: 'a', keyId: 1, signature: Uint8Array.of(1) });
    expect(parseNote(`x\n\n${line.repeat(MAX_NOTE_SIGNATURES)}`).signatures).toHaveLength(
      MAX_NOTE_SIGNATURES,
    );
    expect(() => parseNote(`x\n\n${line.repeat(MAX_NOTE_SIGNATURES + 1)}`)).toThrow(refusal('too-large'));
    expect(() => parseNote('x'.repeat(2_000_000))).toThrow(refusal('too-large'));
  });

  test('is not formatted from a text that would read back differently', () => {
    const signatures = [{ name: 'a', keyId: 1, signature: Uint8Array.of(1) }];
    for (const bad of ['no newline', 'cr\r\n']) {
      expect(() => formatNote({ text: bad, signatures })).toThrow(refusal('malformed'));
    }
    expect(() => formatNote({ text: 'x\n', signatures: [] })).toThrow(refusal('malformed'));
  });

  const line = fc.record({
    name: fc.stringMatching(/^[!-*,-~é]{1,20}$/),
    keyId: fc.integer({ min: 0, max: 0xffffffff }),
    signature: fc.uint8Array({ minLength: 1, maxLength: 80 }),
  });

  property.prop([fc.stringMatching(/^[ -~\n]{0,60}$/), fc.array(line, { minLength: 1, maxLength: 20 })])(
    'survives its text form',
    (body, signatures) => {
      const note = { text: `${body}\n`, signatures };
      expect(parseNote(formatNote(note))).toEqual(note);
    },
  );

  property.prop([fc.string({ unit: 'binary', maxLength: 200 })])(
    'is refused or read, never anything else',
    (anything) => {
      try {
        parseNote(anything);
      } catch (error) {
        expect(error).toEqual(expect.objectContaining({ name: 'ProofError' }));
      }
    },
  );
});
