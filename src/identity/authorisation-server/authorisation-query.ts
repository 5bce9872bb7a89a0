/**
 * The path and query of an authorisation request as the library is to see it. OpenID Connect Core §11 gives `offline_access` only where
 * the person is asked, and the library drops the scope without `prompt=consent`; SMART apps do not send it, and here people are
 * always asked. `prompt=none` stays as it is: nobody can be asked then.
 */
export function withConsentPrompt(url: string): string {
  const at = url.indexOf('?');
  if (!url.startsWith('/authorize?') || at < 0) return url;
  const query = new URLSearchParams(url.slice(at + 1));
  const offline = query.get('scope')?.split(' ').includes('offline_access') === true;
  const prompts = query.getAll('prompt');
  // A parameter given twice is for the library to refuse.
  if (!offline || prompts.length > 1) return url;
  const words = (prompts[0] ?? '').split(' ').filter((word) => word !== '');
  if (words.includes('none') || words.includes('consent')) return url;
  query.set('prompt', [...words, 'consent'].join(' '));
  return `${url.slice(0, at)}?${query}`;
}
