import { loadDefinitions } from './definitions/definitions.ts';
import type { ElementSchema, TypeSchema } from './definitions/schema.ts';
import { memberValue, readMembers, setMember, writeMembers } from './json/canonical-object.ts';
import { itemSpans, memberSpans } from './json/canonical-span.ts';
import { SUBSETTED } from './release-tag.ts';

/** R4 §3.1.1.5.8: `true` the summary elements, `text` the narrative with what is mandatory, `data` all but the narrative. */
export type SummaryMode = 'true' | 'text' | 'data';

/** Which elements of an object stay, by element name. */
type Keep = (element: ElementSchema) => boolean;

/**
 * The canonical text with only the elements of a `_summary`, tagged SUBSETTED; digits kept. Mandatory elements and
 * modifier extensions always stay: without them what is left would be wrong rather than short.
 */
export function summaryOf(text: string, mode: SummaryMode): string {
  const type = typeOf(text);
  if (type === undefined) return text;
  if (mode === 'true') {
    const keep: Keep = (element) => element.summary || element.min > 0 || element.key === 'modifierExtension';
    return tagSubsetted(filterObject(text, 0, type, keep, true));
  }
  const keep: Keep =
    mode === 'data'
      ? (element) => element.key !== 'text'
      : (element) => ['id', 'meta', 'text'].includes(element.key) || element.min > 0;
  return tagSubsetted(filterObject(text, 0, type, keep, false));
}

/**
 * The canonical text with only the named top-level elements (R4 §3.1.1.5.9: base names, `value` for `value[x]`), tagged
 * SUBSETTED; digits kept. `id`, `meta`, mandatory and modifier elements always stay.
 */
export function elementsOf(text: string, elements: readonly string[]): string {
  const type = typeOf(text);
  if (type === undefined) return text;
  const wanted = new Set(elements.map((name) => name.replace(`${type.name}.`, '').replace('[x]', '')));
  const keep: Keep = (element) =>
    ['id', 'meta', 'modifierExtension'].includes(element.key) ||
    element.min > 0 ||
    element.modifier ||
    wanted.has(element.name.replace('[x]', ''));
  return tagSubsetted(filterObject(text, 0, type, keep, false));
}

function typeOf(text: string): TypeSchema | undefined {
  const span = memberSpans(text, 0).find(({ name }) => name === 'resourceType');
  return span === undefined
    ? undefined
    : loadDefinitions().types.get(text.slice(span.valueStart + 1, span.end - 1));
}

/** Backbone elements are filtered as their resource is; data types stay whole. */
function filterObject(text: string, at: number, type: TypeSchema, keep: Keep, deep: boolean): string {
  const kept: string[] = [];
  for (const { name, start, valueStart, end } of memberSpans(text, at)) {
    const element = type.elements.get(name.startsWith('_') ? name.slice(1) : name);
    if (name !== 'resourceType' && (element === undefined || !keep(element))) continue;
    if (!deep || element?.type.sort !== 'backbone') kept.push(text.slice(start, end));
    else kept.push(text.slice(start, valueStart) + filterValue(text, valueStart, element.type, keep));
  }
  return `{${kept.join(',')}}`;
}

function filterValue(text: string, at: number, type: TypeSchema, keep: Keep): string {
  if (text[at] === '{') return filterObject(text, at, type, keep, true);
  return `[${itemSpans(text, at)
    .map(({ start }) => filterObject(text, start, type, keep, true))
    .join(',')}]`;
}

function tagSubsetted(text: string): string {
  const members = readMembers(text, 0);
  const meta = readMembers(memberValue(members, 'meta') ?? '{}', 0);
  const tags = memberValue(meta, 'tag') ?? '[]';
  if (tags.includes('"code":"SUBSETTED"')) return text;
  setMember(meta, 'tag', `${tags.slice(0, -1)}${tags === '[]' ? '' : ','}${JSON.stringify(SUBSETTED)}]`);
  setMember(members, 'meta', writeMembers(meta));
  return writeMembers(members);
}
