import type { RegisteredClient } from '../clients/client-configuration.ts';
import type { Account } from '../directory/account.ts';
import { html, type Markup, page } from './html.ts';
import { contextWords, wordsOf } from './scope-words.ts';
import { patientWords, type ShownPatient } from './shown-patient.ts';

/** What every page of one interaction knows. */
export interface InteractionPage {
  /** Path of the issuer. */
  readonly base: string;
  readonly organisation: string;
  readonly uid: string;
  /** Guards the form against being sent from elsewhere. */
  readonly form: string;
  readonly client: RegisteredClient;
  readonly problem?: string | undefined;
}

const alert = (problem: string | undefined): Markup | undefined =>
  problem === undefined ? undefined : html`<p class="alert" role="alert">${problem}</p>`;

/** Where login and password, or a passkey, are given. */
export function signInPage(
  at: InteractionPage & { login?: string | undefined; outsideName?: string | undefined },
): string {
  const { base, uid, form, client, organisation, problem, login, outsideName } = at;
  const action = `${base}/interaction/${uid}`;
  const outside =
    outsideName === undefined
      ? undefined
      : html`<form method="post" action="${action}/outside"><input type="hidden" name="form" value="${form}">
<div class="actions"><button type="submit">Sign in with ${outsideName}</button></div></form>`;
  return page(
    { title: 'Sign in', base, organisation, script: 'sign-in' },
    html`<p>to go on to <strong>${client.name}</strong></p>
${alert(problem)}
${outside}
<p class="alert" role="alert" id="passkey-alert" hidden></p>
<div class="actions"><button type="button" id="passkey" data-base="${action}" data-form="${form}" hidden>Sign in with a passkey</button></div>
<form method="post" action="${action}/password">
<input type="hidden" name="form" value="${form}">
<label for="login">Login</label>
<input type="text" id="login" name="login" value="${login ?? ''}" autocomplete="username webauthn" autocapitalize="none" spellcheck="false" required>
<label for="password">Password</label>
<input type="password" id="password" name="password" autocomplete="current-password" required>
<div class="actions"><button type="submit">Sign in</button></div>
</form>
<form method="post" action="${action}/cancel"><input type="hidden" name="form" value="${form}">
<div class="actions"><button type="submit" class="second">Back to the app</button></div></form>`,
  );
}

/** What the authorisation screen asks about. */
export interface AuthorisationQuestion {
  readonly account: Account;
  readonly scope: string;
  /** The patient in context, when it is settled. */
  readonly patient?: ShownPatient | undefined;
  /** How a patient must be named here: not at all, by any id, or as one of these. */
  readonly asked: 'none' | 'any' | readonly ShownPatient[];
}

/** The authorisation screen: what the app will see, in words, each part of which can be taken away. */
export function authorisationPage(at: InteractionPage, question: AuthorisationQuestion): string {
  const { base, uid, form, client, organisation, problem } = at;
  const { account, scope, patient, asked } = question;
  const action = `${base}/interaction/${uid}`;
  const choice = ({ scope: value, words }: { scope: string; words: string }) =>
    html`<label class="choice"><input type="checkbox" name="scope" value="${value}" checked> <span>${words}</span></label>`;
  const whose = account.roles.includes('patient')
    ? html`<p>It is about <strong>your own record</strong> here.</p>`
    : patient === undefined
      ? undefined
      : html`<p>It is about the patient <strong>${patientWords(patient)}</strong>.</p>`;
  return page(
    { title: `Let ${client.name} in?`, base, organisation },
    html`<p>You are signed in as <strong>${account.name}</strong>. The app <strong>${client.name}</strong> asks to act for you at ${organisation}.</p>
${alert(problem)}
${whose}
<form method="post" action="${action}/authorise">
<input type="hidden" name="form" value="${form}">
${patientField(asked)}
<h2 id="will">It will be able to</h2>
<div role="group" aria-labelledby="will">
${[...wordsOf(scope), ...contextWords(scope)].map(choice)}
</div>
<p class="quiet">Take away what you do not want. It never sees more than you may see yourself, every look is in the record’s
access log, and you can end it at any time under “Apps and passkeys”.</p>
<div class="actions"><button type="submit">Allow</button></div>
</form>
<form method="post" action="${action}/cancel"><input type="hidden" name="form" value="${form}">
<div class="actions"><button type="submit" class="second">Do not allow</button></div></form>`,
  );
}

/** Where a patient is named: freely by staff, among those whom they represent by others. */
function patientField(asked: AuthorisationQuestion['asked']): Markup | undefined {
  if (asked === 'none') return undefined;
  if (asked === 'any')
    return html`<label for="patient">Patient (their id here)</label>
<input type="text" id="patient" name="patient" autocomplete="off" spellcheck="false" required>`;
  const choices = asked.map(
    (patient) =>
      html`<label class="choice"><input type="radio" name="patient" value="${patient.id}" required> <span>${patientWords(patient)}</span></label>`,
  );
  return html`<h2 id="whom">For whom?</h2>
<div role="radiogroup" aria-labelledby="whom">${choices}</div>`;
}

/** Where a one-time link leads: a first or a new password is set. */
export function setupPage(at: {
  base: string;
  organisation: string;
  problem?: string;
  code?: string;
}): string {
  const { base, organisation, problem, code } = at;
  return page(
    { title: 'Set your password', base, organisation, script: 'setup' },
    html`${alert(problem)}
<p id="missing">This page needs the whole link that you were given.</p>
<form method="post" action="${base}/setup">
<input type="hidden" name="code" id="code" value="${code ?? ''}">
<label for="password">New password</label>
<input type="password" id="password" name="password" autocomplete="new-password" aria-describedby="rule" required>
<p class="quiet" id="rule">At least 15 characters. Three or four words that have nothing to do with each other are easy to keep.</p>
<label for="again">The same again</label>
<input type="password" id="again" name="again" autocomplete="new-password" required>
<div class="actions"><button type="submit">Set it</button></div>
</form>`,
  );
}

/** A page that says one thing. */
export function messagePage(at: { base: string; organisation: string; title: string }, body: Markup): string {
  return page(at, body);
}
