/** Returns the name of an employee as it is spoken. */
export function fullNameOf(person: { readonly given: string; readonly family: string }): string {
  return `${person.given} ${person.family}`;
}

/** Returns a name in lower case and ASCII, with hyphens, fit for a persona's id: `patient-${slug('Ana Reyes')}`. */
export function slug(name: string): string {
  return name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/ł/giu, 'l')
    .replaceAll(/ø/giu, 'o')
    .toLowerCase()
    .replaceAll(/[^a-z]+/g, '-');
}
