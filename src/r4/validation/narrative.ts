/** Elements of HTML 4.0 chapters 7–11 and 15, and a, img (R4 narrative.html, txt-1). */
const ELEMENTS = new Set(
  (
    'a abbr acronym b big blockquote br caption cite code col colgroup dd del dfn div dl dt em h1 h2 h3 h4 h5 h6 hr i ' +
    'img ins kbd li ol p pre q s samp small span strike strong sub sup table tbody td tfoot th thead tr tt u ul var'
  ).split(' '),
);
/** Attributes of those elements; none that runs a script. */
const ATTRIBUTES = new Set(
  (
    'abbr align alt axis bgcolor border cellpadding cellspacing char charoff cite class clear color colspan compact dir frame ' +
    'headers height href hspace id lang longdesc name noshade nowrap rel rowspan rules scope shape size span src start ' +
    'style summary title type valign value vspace width xml:lang xml:space xmlns'
  ).split(' '),
);
const TAG = /<(\/?)([A-Za-z][A-Za-z0-9]*)((?:\s+[A-Za-z_:][\w:.-]*\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/y;
const ATTRIBUTE = /([A-Za-z_:][\w:.-]*)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const COMMENT = /<!--[\s\S]*?-->/y;
// Schemes that show or fetch, and run nothing; everything else, a browser might run.
const SAFE_SCHEMES = /^(?:https?|ftp|mailto|tel|urn|cid):|^data:image\//i;
const SCHEME = /^[a-z][a-z0-9+.-]*:/i;
// Browsers read `&#106;avascript&colon;` as a scheme, so an address has no entities but those that it needs.
const HIDING_ENTITY = /&(?!(?:amp|quot|lt|gt|apos);)/;
const CONTENT = /<img\b|[^\s]/;

/**
 * R4 txt-1 and txt-2: one XHTML `div`, well-formed, of permitted elements and attributes only, with content. Portals show
 * narratives, so a script that slipped through here would run in a clinician's browser.
 */
export function checkNarrative(text: string): boolean {
  const trimmed = text.trim();
  if (!/^<div[\s>/]/.test(trimmed)) return false;
  const open: string[] = [];
  let plain = '';
  let at = 0;
  while (at < trimmed.length) {
    const next = trimmed.indexOf('<', at);
    if (next < 0) return false;
    plain += trimmed.slice(at, next);
    const end = takeMarkup(trimmed, next, open);
    if (end === undefined) return false;
    if (trimmed.startsWith('<img', next)) plain += 'i';
    at = end;
    if (open.length === 0 && at < trimmed.length) return false;
  }
  return open.length === 0 && CONTENT.test(plain);
}

/** Index after the tag or comment at `at`, with `open` brought up to date; undefined when it is not permitted. */
function takeMarkup(text: string, at: number, open: string[]): number | undefined {
  COMMENT.lastIndex = at;
  if (COMMENT.test(text)) return COMMENT.lastIndex;
  TAG.lastIndex = at;
  const tag = TAG.exec(text);
  if (tag === null) return undefined;
  const [, closing, name = '', attributes = '', empty] = tag;
  if (!ELEMENTS.has(name) || !hasOnlyPermitted(attributes)) return undefined;
  if (closing === '/') {
    if (open.pop() !== name) return undefined;
  } else if (empty !== '/') open.push(name);
  return TAG.lastIndex;
}

function hasOnlyPermitted(attributes: string): boolean {
  for (const [, name = '', double, single] of attributes.matchAll(ATTRIBUTE)) {
    if (!ATTRIBUTES.has(name)) return false;
    if ((name === 'href' || name === 'src') && !isSafeAddress(double ?? single ?? '')) return false;
  }
  return true;
}

/** Browsers drop white space inside a scheme. */
function isSafeAddress(address: string): boolean {
  const compact = address.replaceAll(/\s+/g, '');
  return !HIDING_ENTITY.test(compact) && (!SCHEME.test(compact) || SAFE_SCHEMES.test(compact));
}
