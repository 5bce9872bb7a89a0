import type { ErrorOut, KoaContextWithOIDC } from 'oidc-provider';
import { html, PAGE_HEADERS, page } from '../sign-in/html.ts';

function frameOf(ctx: KoaContextWithOIDC, title: string) {
  const { pathname } = new URL(ctx.oidc.issuer);
  const [, , organisation = ''] = pathname.split('/');
  return { title, base: pathname, organisation };
}

function show(ctx: KoaContextWithOIDC, text: string): void {
  ctx.set({ ...PAGE_HEADERS });
  ctx.body = text;
}

/** What somebody sees when a request cannot be sent back to an app, such as one with a strange address to return to. */
export async function errorPage(
  ctx: KoaContextWithOIDC,
  { error, error_description }: ErrorOut,
): Promise<void> {
  show(
    ctx,
    page(
      frameOf(ctx, 'This did not work'),
      html`<p>The app asked for something that cannot be given. Go back to it and start again.</p>
<p class="quiet">${error}${error_description === undefined ? undefined : html`: ${error_description}`}</p>`,
    ),
  );
}

/** Asks whether to sign out; `form` is the library's own, with its guard against forged requests. */
export async function signOutPage(ctx: KoaContextWithOIDC, form: string): Promise<void> {
  show(
    ctx,
    page(
      frameOf(ctx, 'Sign out?'),
      html`${{ markup: form }}
<p>Apps that you allowed to work while you are away stay connected.</p>
<div class="actions">
<button type="submit" form="op.logoutForm" name="logout" value="yes">Sign out</button>
<button type="submit" form="op.logoutForm" class="second">Stay signed in</button>
</div>`,
    ),
  );
}

/** Says that somebody is signed out. */
export async function signedOutPage(ctx: KoaContextWithOIDC): Promise<void> {
  show(ctx, page(frameOf(ctx, 'You are signed out'), html`<p>You may close this page.</p>`));
}
