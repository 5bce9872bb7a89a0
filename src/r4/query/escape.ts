import { badValue } from './refusal.ts';

/**
 * Splits a search value at a separator (`,` `|` `$`) that is not escaped with a backslash (R4 §3.1.1.5.2). The parts keep
 * their escapes: they may be split again.
 */
export function splitEscaped(text: string, separator: ',' | '|' | '$'): string[] {
  const parts: string[] = [];
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === separator) {
      parts.push(text.slice(from, i));
      from = i + 1;
    }
  }
  parts.push(text.slice(from));
  return parts;
}

/** The text that a part stands for: `\,` is a comma. Throws a refusal for a backslash before anything else. */
export function unescapeValue(part: string): string {
  if (!part.includes('\\')) return part;
  return part.replaceAll(/\\(.?)/gs, (_escape, c: string) => {
    if (c !== '' && ',|$\\'.includes(c)) return c;
    throw badValue("a backslash escapes ',', '|', '$' or itself");
  });
}

/** The search value that stands for a text: the inverse of {@link unescapeValue}. */
export function escapeValue(text: string): string {
  return text.replaceAll(/[\\,|$]/g, '\\$&');
}
