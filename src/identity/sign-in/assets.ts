/** Style of the pages of sign-in. Colours pass WCAG 2.2 AA on both grounds. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --ink: #1a2330; --ground: #ffffff; --quiet: #4c5a6b; --line: #c3ccd6; --act: #0b5cad; --bad: #a3201a; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8edf2; --ground: #141a21; --quiet: #aab6c3; --line: #43505e; --act: #8fc1f5; --bad: #ff9d96; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 34rem; margin: 0 auto; padding: 2rem 1rem 4rem; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0 0 1rem; }
h2 { font-size: 1.1rem; margin: 1.5rem 0 .5rem; }
.organisation, .quiet { color: var(--quiet); margin: 0 0 .25rem; }
label { display: block; font-weight: 600; margin: 1rem 0 .25rem; }
label.choice { display: flex; gap: .75rem; font-weight: 400; align-items: flex-start; margin: .5rem 0; min-height: 24px; }
label.choice input { width: 1.25rem; height: 1.25rem; flex: none; margin: .2rem 0 0; }
input[type=text], input[type=password], input[type=date] { width: 100%; font: inherit; padding: .6rem; border: 1px solid var(--quiet); border-radius: 6px; background: var(--ground); color: var(--ink); }
button { font: inherit; font-weight: 600; padding: .65rem 1.2rem; border-radius: 6px; border: 1px solid var(--act); background: var(--act); color: var(--ground); cursor: pointer; min-height: 44px; }
button.second { background: transparent; color: var(--act); }
.actions { display: flex; flex-wrap: wrap; gap: .75rem; margin-top: 1.5rem; }
a { color: var(--act); }
.alert { border-left: 4px solid var(--bad); padding: .5rem .75rem; color: var(--bad); margin: 1rem 0; }
:focus-visible { outline: 3px solid var(--act); outline-offset: 2px; }
ul { padding-left: 1.25rem; }
[hidden] { display: none; }
`;

/** Signs in with a passkey (WebAuthn Level 3 §5.1.8); without it the page works by password. */
export const SIGN_IN_SCRIPT = `
'use strict';
const button = document.getElementById('passkey');
const alertBox = document.getElementById('passkey-alert');
const say = (text) => { alertBox.textContent = text; alertBox.hidden = false; };
const send = async (path, body) => {
  const answer = await fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  const value = await answer.json();
  if (!answer.ok) throw new Error(value.detail || 'The passkey was not taken.');
  return value;
};
if (button && window.PublicKeyCredential && PublicKeyCredential.parseRequestOptionsFromJSON) {
  button.hidden = false;
  button.addEventListener('click', async () => {
    const { base, form } = button.dataset;
    try {
      const { options } = await send(base + '/passkey/options', { form });
      const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
      const credential = await navigator.credentials.get({ publicKey });
      const { location } = await send(base + '/passkey', { form, credential: credential.toJSON() });
      window.location.assign(location);
    } catch (error) {
      say(error instanceof Error && error.name !== 'NotAllowedError' ? error.message : 'No passkey was given.');
    }
  });
}
`;

/** Puts the code of a one-time link, which is behind the #, into the form. */
export const SETUP_SCRIPT = `
'use strict';
const code = document.getElementById('code');
const missing = document.getElementById('missing');
function take() {
  const given = window.location.hash.slice(1);
  if (code && given !== '') code.value = given;
  if (code && code.value !== '' && missing) missing.hidden = true;
  window.history.replaceState(null, '', window.location.pathname + window.location.search);
}
take();
// Another link in the same tab differs from this one behind the # only: nothing is loaded.
window.addEventListener('hashchange', take);
`;
