import { createHash, randomBytes } from 'node:crypto';

/** What came back, without following redirects. */
export interface PageAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Where it leads; undefined when nowhere. */
  readonly location: string | undefined;
}

/** A browser as far as sign-in needs one: it keeps cookies by path, fills forms, and sends the Origin header. */
export class Browser {
  readonly #server: string;
  /** Where the server says it is: its answers name this, whatever port it listens on. */
  readonly #publicUrl: string;
  readonly #cookies = new Map<string, { value: string; path: string }>();
  /** Every Set-Cookie line that came. */
  readonly setCookies: string[] = [];

  constructor(server: string, publicUrl: string) {
    this.#server = server;
    this.#publicUrl = publicUrl;
  }

  /** One request below the public URL. */
  async send(
    url: string,
    init: {
      method?: string;
      form?: Record<string, string | string[]>;
      json?: unknown;
      headers?: Record<string, string>;
    } = {},
  ): Promise<PageAnswer> {
    const target = new URL(url, this.#publicUrl);
    const headers: Record<string, string> = { cookie: this.#cookiesFor(target.pathname), ...init.headers };
    let body: string | undefined;
    if (init.form !== undefined) {
      const form = new URLSearchParams();
      for (const [name, value] of Object.entries(init.form))
        for (const each of [value].flat()) form.append(name, each);
      body = form.toString();
      headers['content-type'] = 'application/x-www-form-urlencoded';
    } else if (init.json !== undefined) {
      body = JSON.stringify(init.json);
      headers['content-type'] = 'application/json';
    }
    if (body !== undefined) headers.origin ??= new URL(this.#publicUrl).origin;
    const response = await fetch(`${this.#server}${target.pathname}${target.search}`, {
      method: init.method ?? (body === undefined ? 'GET' : 'POST'),
      headers,
      redirect: 'manual',
      ...(body === undefined ? {} : { body }),
    });
    this.#keep(response.headers.getSetCookie());
    const location = response.headers.get('location') ?? undefined;
    return { status: response.status, headers: response.headers, text: await response.text(), location };
  }

  /** Follows redirects as long as they stay at the server; what leads away is given back. */
  async follow(
    url: string,
    init: Parameters<Browser['send']>[1] = {},
  ): Promise<PageAnswer & { url: string }> {
    let at = url;
    let answer = await this.send(at, init);
    for (let hops = 0; answer.location !== undefined && hops < 10; hops += 1) {
      const next = new URL(answer.location, new URL(at, this.#publicUrl));
      if (next.origin !== new URL(this.#publicUrl).origin || next.pathname === '/signed-in')
        return { ...answer, url: next.href };
      at = next.href;
      answer = await this.send(at);
    }
    return { ...answer, url: new URL(at, this.#publicUrl).href };
  }

  /** Writes over the cookies that are kept, as somebody who has the device could. */
  alterCookies(change: (name: string, value: string) => string): void {
    for (const [key, cookie] of this.#cookies)
      this.#cookies.set(key, { ...cookie, value: change(key.split(' ')[0] ?? '', cookie.value) });
  }

  /** Holds another browser's session, below a path, as a thief of its cookie would. */
  takeSession(other: Browser, path: string): void {
    for (const [key, { value }] of other.#cookies) {
      const [name = ''] = key.split(' ');
      if (name.startsWith('holdfast_session')) this.#cookies.set(`${name} ${path}`, { value, path });
    }
  }

  #cookiesFor(path: string): string {
    return [...this.#cookies]
      .filter(
        ([, cookie]) =>
          path === cookie.path ||
          path.startsWith(cookie.path.endsWith('/') ? cookie.path : `${cookie.path}/`),
      )
      .map(([key, { value }]) => `${key.split(' ')[0]}=${value}`)
      .join('; ');
  }

  #keep(lines: readonly string[]): void {
    this.setCookies.push(...lines);
    for (const line of lines) {
      const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
      const at = pair.indexOf('=');
      const path = attributes.find((each) => /^path=/i.test(each))?.slice(5) ?? '/';
      const key = `${pair.slice(0, at)} ${path}`;
      const ended = attributes.some((each) => /^expires=thu, 01 jan 1970/i.test(each));
      if (ended) this.#cookies.delete(key);
      else this.#cookies.set(key, { value: pair.slice(at + 1), path });
    }
  }
}

/** The value of a hidden field of a page. */
export function hidden(page: string, name: string): string {
  const found = new RegExp(`name="${name}" value="([^"]*)"`).exec(page)?.[1];
  if (found === undefined) throw new Error(`the page has no field ${name}: ${page.slice(0, 2000)}`);
  return found;
}

/** The scopes that a page offers. */
export function offered(page: string): string[] {
  return [...page.matchAll(/name="scope" value="([^"]*)"/g)].map(([, scope = '']) =>
    scope.replaceAll('&amp;', '&'),
  );
}

/** A PKCE verifier and its challenge (RFC 7636). */
export function pkce(): { verifier: string; challenge: string } {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
}
