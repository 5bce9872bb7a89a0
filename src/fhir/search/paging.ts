import { open, seal } from '../../crypto/index.ts';
import { fromBase64Url, fromUtf8, toBase64Url, utf8 } from '../../proof/index.ts';
import type { Context } from '../context.ts';
import { FhirError } from '../errors.ts';
import { PAGE_PARAMETER } from '../interaction.ts';
import type { Query } from '../query.ts';

/** A page link outlives a coffee, not a revoked session. */
const PAGE_LIFETIME_MS = 15 * 60 * 1000; // the decision is made again at every page; this bounds stored criteria
/** Bound into every sealed link, so that no other sealed thing can pass for one. */
const PAGE_CONTEXT = utf8('holdfast/page/v1');

/** What a paging link carries, sealed: search criteria may hold health data. */
export interface Page {
  readonly kind: 'search' | 'history' | 'everything';
  readonly type: string;
  readonly id: string | undefined;
  readonly query: Query;
  readonly cursor: string;
}

/** A link of a Bundle. */
export interface PageLink {
  readonly relation: 'self' | 'next';
  readonly url: string;
}

/** The opaque URL of a page. It answers only to the principal it was made for. */
export function pageUrl(context: Context, page: Page): string {
  const { services, principal, time } = context;
  const content = { ...page, principal: principal.id, expiresMs: time.getTime() + PAGE_LIFETIME_MS };
  const token = toBase64Url(seal(services.pagingKey, utf8(JSON.stringify(content)), PAGE_CONTEXT));
  return `${services.baseUrl}/?${PAGE_PARAMETER}=${token}`;
}

/** The link to the next page, where there is one. */
export function nextLink(
  context: Context,
  page: Omit<Page, 'cursor'>,
  cursor: string | undefined,
): PageLink[] {
  return cursor === undefined ? [] : [{ relation: 'next', url: pageUrl(context, { ...page, cursor }) }];
}

/** Opens a paging link. Throws FhirError `page-expired` for one that is old, altered, or another principal's. */
export function openPage(context: Context, token: string): Page {
  const refused = new FhirError('page-expired', 'This page link is no longer valid: start the search again.');
  let content: Page & { principal: string; expiresMs: number };
  try {
    content = JSON.parse(fromUtf8(open(context.services.pagingKey, fromBase64Url(token), PAGE_CONTEXT)));
  } catch {
    throw refused;
  }
  if (content.principal !== context.principal.id || content.expiresMs < context.time.getTime()) throw refused;
  return content;
}
