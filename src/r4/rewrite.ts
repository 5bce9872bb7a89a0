import { loadDefinitions } from './definitions/definitions.ts';
import type { TypeSchema } from './definitions/schema.ts';
import { endOfValue, itemSpans, memberSpans } from './json/canonical-span.ts';

/**
 * Says what a link becomes; undefined leaves it as it is. `reference` is `Reference.reference`, `link` an element of
 * type uri, url, canonical, oid or uuid, or a link in the narrative.
 */
export type RewriteLink = (link: string, kind: 'reference' | 'link') => string | undefined;

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

const LINK_TYPES = new Set(['uri', 'url', 'canonical', 'oid', 'uuid']);
const NARRATIVE_LINK = /\b(href|src)="([^"]*)"/g;

/**
 * The canonical text of a resource with its links rewritten, digits kept. Looks at the elements that R4 §3.1.0.11.2
 * names for a transaction: references, elements of type uri, url, oid, uuid (and canonical), and `href` and `src` of
 * narratives; identifiers and other strings stay, even when they look like a link.
 */
export function rewriteReferences(text: string, rewrite: RewriteLink): string {
  const edits: Edit[] = [];
  visitResource(text, 0, rewrite, edits);
  let out = '';
  let from = 0;
  for (const edit of edits) {
    out += text.slice(from, edit.start) + edit.text;
    from = edit.end;
  }
  return out + text.slice(from);
}

function visitResource(text: string, at: number, rewrite: RewriteLink, edits: Edit[]): void {
  const type = memberSpans(text, at).find(({ name }) => name === 'resourceType');
  if (type === undefined || text[type.valueStart] !== '"') return;
  const schema = loadDefinitions().types.get(JSON.parse(text.slice(type.valueStart, type.end)) as string);
  if (schema?.sort === 'resource') visitObject(text, at, schema, rewrite, edits);
}

function visitObject(text: string, at: number, type: TypeSchema, rewrite: RewriteLink, edits: Edit[]): void {
  for (const { name, valueStart } of memberSpans(text, at)) {
    const extended = name.startsWith('_');
    const element = type.elements.get(extended ? name.slice(1) : name);
    if (element === undefined) continue;
    const isReference = type.name === 'Reference' && name === 'reference';
    const starts =
      text[valueStart] === '[' ? itemSpans(text, valueStart).map(({ start }) => start) : [valueStart];
    for (const start of starts) {
      if (text[start] === '{') {
        if (element.type.name === 'Resource') visitResource(text, start, rewrite, edits);
        else visitObject(text, start, element.type, rewrite, edits);
      } else if (text[start] === '"' && !extended) {
        visitString(text, start, isReference ? 'Reference' : element.type.name, rewrite, edits);
      }
    }
  }
}

function visitString(text: string, start: number, type: string, rewrite: RewriteLink, edits: Edit[]): void {
  if (type !== 'Reference' && type !== 'xhtml' && !LINK_TYPES.has(type)) return;
  const end = endOfValue(text, start);
  const value = JSON.parse(text.slice(start, end)) as string;
  const rewritten =
    type === 'xhtml'
      ? value.replaceAll(NARRATIVE_LINK, (link, name: string, target: string) => {
          const changed = rewrite(target, 'link');
          return changed === undefined ? link : `${name}="${changed}"`;
        })
      : rewrite(value, type === 'Reference' ? 'reference' : 'link');
  if (rewritten !== undefined && rewritten !== value)
    edits.push({ start, end, text: JSON.stringify(rewritten) });
}
