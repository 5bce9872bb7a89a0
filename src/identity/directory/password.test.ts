import { describe, expect, test } from 'vitest';
import { IdentityError } from '../errors.ts';
import { startNode } from '../suite/identity-node.ts';
import { hashPassword, verifyPassword } from './password.ts';

const GOOD = 'four words of a song 7';

describe('a password', () => {
  test.each<[string, string, string[]]>([
    ['a short one', 'fourteen chars', []],
    ['a long one of three letters', 'abcabcabcabcabcabc', []],
    ['the login and little else', 'carl-cole-12345', ['carl-cole']],
    ['the organisation and little else', 'My Clinic 2026!', ['My Clinic']],
    ['one without an end', 'word '.repeat(100), []],
    ['one whose characters are few though its bytes are many', '𝓅𝒶𝓈𝓈𝓌𝑜𝓇𝒹', []],
  ])('%s is not taken', async (_case, password, about) => {
    await expect(hashPassword(password, about)).rejects.toMatchObject({ code: 'password-weak' });
    await expect(hashPassword(password, about)).rejects.toBeInstanceOf(IdentityError);
  });

  test('with a name inside is taken when enough is left beside it', async () => {
    expect(await hashPassword('carl sings four words of a song', ['carl'])).toMatch(/^argon2id\$/);
  });

  test('is the same from every keyboard, and is nobody else’s', async () => {
    const hash = await hashPassword('caf\u00e9 with four words of a song');
    expect(await verifyPassword(hash, 'cafe\u0301 with four words of a song')).toBe(true);
    for (const wrong of ['', 'cafe with four words of a song', 'CAF\u00c9 with four words of a song'])
      expect(await verifyPassword(hash, wrong)).toBe(false);
  });

  test.each([undefined, '', 'argon2id$1$1$1$$', 'scrypt$x', `plain$${GOOD}`])(
    'is never right against a hash that is none: %j',
    async (hash) => expect(await verifyPassword(hash, GOOD)).toBe(false),
  );

  test('is kept as argon2id under a salt of its own, sealed', async () => {
    const [one, two] = await Promise.all([hashPassword(GOOD), hashPassword(GOOD)]);
    expect(one).toMatch(/^argon2id\$19456\$2\$1\$[\w-]{22}\$[\w-]{43}$/);
    expect(two).not.toBe(one);
    const node = await startNode();
    try {
      const { directory } = node.mary.signIn;
      const { id } = directory.add({ login: 'carl', name: 'Carl Cole', roles: ['clinician'] });
      await directory.setPassword(id, GOOD);
      const row = node.mary.database
        .prepare('SELECT * FROM user_account WHERE id = ?')
        .get<Record<string, unknown>>(id);
      const stored = Object.values(row ?? {})
        .map((value) => (value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value)))
        .join('\n');
      for (const plain of [GOOD, 'argon2id', 'carl', 'Carl Cole', 'clinician'])
        expect([plain, stored.includes(plain)]).toEqual([plain, false]);
    } finally {
      await node.stop();
    }
  });
});
