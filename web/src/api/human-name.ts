/** A name as FHIR R4 has it (HumanName). */
export interface HumanName {
  text?: string;
  prefix?: string[];
  given?: string[];
  family?: string;
}

/** A name as people write it; empty for a name without parts. */
export function nameWords({ text, prefix = [], given = [], family = '' }: HumanName): string {
  return text ?? [...prefix, ...given, family].filter((part) => part !== '').join(' ');
}
