const DIGITS: Readonly<Record<string, string>> = Object.fromEntries(
  ['bfpv', 'cgjkqsxz', 'dt', 'l', 'mn', 'r'].flatMap((letters, index) =>
    [...letters].map((letter) => [letter, `${index + 1}`]),
  ),
);
/** American Soundex: a letter and three digits. */
const CODE_LENGTH = 4;

/**
 * American Soundex of a word (`robert` and `rupert` are `r163`): how `phonetic` parameters match. Undefined for a word
 * without a letter from a to z, which has no such code.
 */
export function soundex(word: string): string | undefined {
  const letters = [...word.toLowerCase()].filter((letter) => letter >= 'a' && letter <= 'z');
  const [first] = letters;
  if (first === undefined) return undefined;
  let code = first;
  let previous = DIGITS[first];
  for (const letter of letters.slice(1)) {
    const digit = DIGITS[letter];
    if (digit !== undefined && digit !== previous) code += digit;
    // h and w do not separate two letters of one digit, vowels do.
    if (letter !== 'h' && letter !== 'w') previous = digit;
    if (code.length === CODE_LENGTH) break;
  }
  return code.padEnd(CODE_LENGTH, '0');
}
