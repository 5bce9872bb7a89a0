import { isObject, isResourceType, type JsonObject } from './resource.ts';

/** What the text of `Reference.reference` says. */
export type ReferenceText =
  /** `Patient/123`, with or without a version. */
  | { readonly kind: 'relative'; readonly type: string; readonly id: string; readonly version?: string }
  /** A URL whose last parts have the RESTful form. */
  | { readonly kind: 'absolute'; readonly url: string; readonly type: string; readonly id: string }
  /** `#id`, or `#` alone for the container. */
  | { readonly kind: 'contained'; readonly id: string }
  /** `Practitioner?identifier=…`, allowed in transactions only (R4 §3.1.0.11.4). */
  | { readonly kind: 'conditional'; readonly type: string; readonly query: string }
  /** `urn:uuid:…` and every other URI that does not tell a type. */
  | { readonly kind: 'uri'; readonly url: string };

const RELATIVE = /^([A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/([A-Za-z0-9\-.]{1,64}))?$/;
const ABSOLUTE =
  /^[A-Za-z][A-Za-z0-9+\-.]*:\S*\/([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/;
const CONDITIONAL = /^([A-Za-z]+)\?(.*)$/s;

/** Reads a reference by form (R4 §2.3.0.1); never fails, what has no other form is a `uri`. */
export function parseReference(text: string): ReferenceText {
  if (text.startsWith('#')) return { kind: 'contained', id: text.slice(1) };
  const relative = RELATIVE.exec(text);
  if (relative !== null) {
    const [, type = '', id = '', version] = relative;
    if (isResourceType(type))
      return { kind: 'relative', type, id, ...(version === undefined ? {} : { version }) };
  }
  const conditional = CONDITIONAL.exec(text);
  if (conditional !== null && isResourceType(conditional[1] ?? ''))
    return { kind: 'conditional', type: conditional[1] ?? '', query: conditional[2] ?? '' };
  const absolute = ABSOLUTE.exec(text);
  if (absolute !== null && isResourceType(absolute[1] ?? ''))
    return { kind: 'absolute', url: text, type: absolute[1] ?? '', id: absolute[2] ?? '' };
  return { kind: 'uri', url: text };
}

/** The resource type a Reference points at: from its text, else from `Reference.type`; undefined when neither tells. */
export function targetTypeOf(reference: JsonObject): string | undefined {
  const { reference: text, type } = reference;
  if (typeof text === 'string') {
    const parsed = parseReference(text);
    if (parsed.kind !== 'contained' && parsed.kind !== 'uri') return parsed.type;
  }
  return typeof type === 'string' && isResourceType(type) ? type : undefined;
}

const containedResources = new WeakMap<object, ReadonlyMap<string, JsonObject>>();

/** The resource contained in `container` under an id; undefined when there is none. Looked up in one step however many. */
export function containedIn(container: JsonObject, id: string): JsonObject | undefined {
  let byId = containedResources.get(container);
  if (byId === undefined) {
    const { contained } = container;
    const resources = (Array.isArray(contained) ? contained : []).filter(isObject);
    byId = new Map(resources.map((resource) => [String(resource.id), resource]));
    containedResources.set(container, byId);
  }
  return byId.get(id);
}
