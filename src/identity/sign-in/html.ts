/** Markup that was escaped; text becomes it through {@link html} only. */
export interface Markup {
  readonly markup: string;
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A template whose values are escaped, so that no name of an app or person becomes markup; lists are joined, undefined is left out. */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Markup {
  const markup = parts.map((part, at) => part + (at < values.length ? textOf(values[at]) : '')).join('');
  return { markup };
}

type HtmlValue = string | number | Markup | undefined | readonly (Markup | undefined)[];

function textOf(value: HtmlValue): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return value.replace(/[&<>"']/g, (sign) => escapes[sign] ?? '');
  return 'markup' in value ? value.markup : value.map(textOf).join('');
}

/** What a page of sign-in is framed in. */
export interface PageFrame {
  readonly title: string;
  /** Path of the issuer, below which style and scripts are. */
  readonly base: string;
  readonly organisation: string;
  readonly script?: 'sign-in' | 'setup';
}

/** A whole page. */
export function page({ title, base, organisation, script }: PageFrame, body: Markup): string {
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · ${organisation}</title>
<link rel="stylesheet" href="${base}/page.css">
${script === undefined ? undefined : html`<script src="${base}/${script}.js" defer></script>`}
</head>
<body>
<main>
<p class="organisation">${organisation}</p>
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`.markup;
}

/**
 * Headers of these pages. Nobody may put them in a frame (a click on them is a decision). There is no `form-action`: Chromium holds it
 * against the redirect to the app as well, which is elsewhere by design. The referrer policy is not `no-referrer`: under that a browser
 * sends `Origin: null` with these very forms (Fetch, "append a request Origin header"), as a page of somebody else might.
 */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'",
  'x-frame-options': 'DENY',
  'referrer-policy': 'same-origin',
  'cache-control': 'no-store',
};
