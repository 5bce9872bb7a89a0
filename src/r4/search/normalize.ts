/**
 * Text as string search compares it (R4 §3.1.1.5.6): without case, accents, punctuation and repeated white space.
 * `O’Brien` becomes `obrien`, `Müller-Lüdenscheidt` becomes `muller ludenscheidt`. Can be empty.
 */
export function normalizeText(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/\p{M}+/gu, '')
    .toLowerCase()
    .replaceAll(/['’‘`´]/g, '')
    .replaceAll(/[\p{P}\p{S}\p{Z}\p{Cc}]+/gu, ' ')
    .trim();
}
