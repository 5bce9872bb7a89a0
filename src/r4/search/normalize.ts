/** Letters that Unicode does not take apart into a letter and an accent, and what people type for them. */
const FOLDED: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
};

/**
 * Text as string search compares it (R4 §3.1.1.5.6): without case, accents, punctuation and repeated white space.
 * `O’Brien` becomes `obrien`, `Müller-Lüdenscheidt` becomes `muller ludenscheidt`. Can be empty.
 */
export function normalizeText(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/\p{M}+/gu, '')
    .toLowerCase()
    .replaceAll(/[ßæœøłđðþı]/g, (letter) => FOLDED[letter] ?? letter)
    .replaceAll(/['’‘`´]/g, '')
    .replaceAll(/[\p{P}\p{S}\p{Z}\p{Cc}]+/gu, ' ')
    .trim();
}
