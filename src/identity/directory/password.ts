import { argon2 } from 'node:crypto';
import { equalSecret, randomBytes } from '../../crypto/index.ts';
import { IdentityError } from '../errors.ts';

/** argon2id as OWASP's Password Storage Cheat Sheet recommends: 19 MiB, two passes, one lane; about 30 ms. */
const MEMORY_KIB = 19_456; // OWASP's first choice
const PASSES = 2; // with that memory
const LANES = 1; // more would only help an attacker with more cores
const SALT_BYTES = 16; // RFC 9106 §3.1 recommends 16
const TAG_BYTES = 32; // RFC 9106 §4
/** NIST SP 800-63B-4 §3.1.1.2: where a password is the only factor it has at least 15 characters, and 64 must be allowed. */
const MIN_CHARACTERS = 15; // as above
const MAX_CHARACTERS = 256; // a bound on what is hashed for an unknown caller
/** Hashes computed at once: each holds 19 MiB, and more than a few in line answer later than people wait. */
const MAX_WAITING = 64; // about two seconds of work

const form = /^argon2id\$(\d{1,7})\$(\d{1,3})\$(\d{1,3})\$([\w-]{22})\$([\w-]{43})$/;

let waiting = 0;

/** A hash of a password: `argon2id$<memory KiB>$<passes>$<lanes>$<salt>$<tag>`, base64url. Throws IdentityError `password-weak`. */
export async function hashPassword(password: string, about: readonly string[] = []): Promise<string> {
  requireStrong(password, about);
  const salt = randomBytes(SALT_BYTES);
  const tag = await derive(password, salt, MEMORY_KIB, PASSES, LANES);
  return ['argon2id', MEMORY_KIB, PASSES, LANES, salt.toString('base64url'), tag.toString('base64url')].join(
    '$',
  );
}

/** True when the password has this hash. Without a hash the same work is done for nothing, so that time does not tell who exists. */
export async function verifyPassword(hash: string | undefined, password: string): Promise<boolean> {
  const usable = password.length <= MAX_CHARACTERS ? password : '';
  const [, memory, passes, lanes, salt, tag] = form.exec(hash ?? '') ?? [];
  if (
    memory === undefined ||
    passes === undefined ||
    lanes === undefined ||
    salt === undefined ||
    tag === undefined
  ) {
    await derive(usable, Buffer.alloc(SALT_BYTES), MEMORY_KIB, PASSES, LANES);
    return false;
  }
  const found = await derive(
    usable,
    Buffer.from(salt, 'base64url'),
    Number(memory),
    Number(passes),
    Number(lanes),
  );
  return equalSecret(found, Buffer.from(tag, 'base64url')) && usable !== '';
}

/** Throws IdentityError `password-weak` for a password that is too short, too long, repeats itself, or is about the person. */
function requireStrong(password: string, about: readonly string[]): void {
  const characters = [...password.normalize('NFKC')];
  if (characters.length < MIN_CHARACTERS)
    throw weak(`A password has at least ${MIN_CHARACTERS} characters: three or four words are easy to keep.`);
  if (password.length > MAX_CHARACTERS) throw weak(`A password has at most ${MAX_CHARACTERS} characters.`);
  if (new Set(characters).size < MIN_CHARACTERS / 3)
    throw weak('The password repeats itself: take other words.');
  const folded = password.toLowerCase();
  const own = about.filter((word) => word.length > 3 && folded.includes(word.toLowerCase()));
  // What is left beside a name must be as long as a password by itself.
  const rest = own.reduce((text, word) => text.replaceAll(word.toLowerCase(), ''), folded);
  if (own.length > 0 && rest.length < MIN_CHARACTERS)
    throw weak('The password holds your name, your login or the organisation’s name.');
}

function derive(
  password: string,
  salt: Buffer,
  memory: number,
  passes: number,
  lanes: number,
): Promise<Buffer> {
  if (waiting >= MAX_WAITING)
    return Promise.reject(
      new IdentityError('not-recorded', 'Too many people sign in at once: try again in a moment.'),
    );
  waiting += 1;
  const parameters = {
    // One password, one byte string, whatever keyboard it came from (RFC 8265 §4.2).
    message: Buffer.from(password.normalize('NFKC')),
    nonce: salt,
    parallelism: lanes,
    tagLength: TAG_BYTES,
    memory,
    passes,
  };
  return new Promise((resolve, reject) => {
    argon2('argon2id', parameters, (error, tag) => {
      waiting -= 1;
      if (error === null) resolve(Buffer.from(tag));
      else reject(error);
    });
  });
}

function weak(message: string): IdentityError {
  return new IdentityError('password-weak', message);
}
