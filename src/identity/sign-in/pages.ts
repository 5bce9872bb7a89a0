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

/** A search for the patient on the authorisation screen. */
export interface PatientSearch {
  readonly family: string;
  readonly birthDate: string;
  /** Whom it found; undefined when name or day of birth were missing, or no name is that long. */
  readonly found?: readonly ShownPatient[];
  /** Scopes that were ticked before it. */
  readonly kept: readonly string[];
}

/** What the authorisation screen asks about. */
export interface AuthorisationQuestion {
  readonly account: Account;
  readonly scope: string;
  /** The patient in context, when it is settled. */
  readonly patient?: ShownPatient | undefined;
  /** How a patient must be named here: not at all, by any id, or as one of these. */
  readonly asked: 'none' | 'any' | readonly ShownPatient[];
  /** What was looked for on this screen, where any patient may be named. */
  readonly search?: PatientSearch | undefined;
}

/** The authorisation screen: what the app will see, in words, each part of which can be taken away. */
export function authorisationPage(at: InteractionPage, question: AuthorisationQuestion): string {
  const { base, uid, form, client, organisation, problem } = at;
  const { account, scope, patient, asked, search } = question;
  const action = `${base}/interaction/${uid}`;
  const isTicked = (value: string) => search?.kept.includes(value) !== false;
  const choice = ({ scope: value, words }: { scope: string; words: string }) =>
    html`<label class="choice"><input type="checkbox" name="scope" value="${value}"${isTicked(value) ? html` checked` : undefined}> <span>${words}</span></label>`;
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
${asked === 'any' ? anyPatient(search) : patientField(asked)}
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

/** Where somebody says for which of those whom they represent they ask. */
function patientField(asked: Exclude<AuthorisationQuestion['asked'], 'any'>): Markup | undefined {
  if (asked === 'none') return undefined;
  return html`<h2 id="whom">For whom?</h2>
<div role="radiogroup" aria-labelledby="whom">${asked.map((patient) => patientChoice('patient', patient, true))}</div>`;
}

const patientChoice = (name: string, patient: ShownPatient, isRequired: boolean): Markup =>
  html`<label class="choice"><input type="radio" name="${name}" value="${patient.id}"${isRequired ? html` required` : undefined}> <span>${patientWords(patient)}</span></label>`;

/** Where staff name a patient: looked for by name and day of birth, or by id. */
function anyPatient(search: PatientSearch | undefined): Markup {
  const { family = '', birthDate = '', found } = search ?? {};
  return html`<h2 id="whom">For whom?</h2>
<div role="group" aria-labelledby="whom">
<label for="family">Family name</label>
<input type="text" id="family" name="family" value="${family}" autocomplete="off" spellcheck="false">
<label for="birthdate">Date of birth</label>
<input type="date" id="birthdate" name="birthdate" value="${birthDate}" autocomplete="off">
<div class="actions"><button type="submit" class="second" name="find" value="yes" formnovalidate>Find</button></div>
${search === undefined ? undefined : foundPatients(found)}
<label for="patient">Or the patient’s id here</label>
<input type="text" id="patient" name="patient" autocomplete="off" spellcheck="false">
</div>`;
}

function foundPatients(found: readonly ShownPatient[] | undefined): Markup {
  if (found === undefined) return html`<p role="status">Give a family name and the whole date of birth.</p>`;
  if (found.length === 0)
    return html`<p role="status">Nobody whom you may see has this name and date of birth.</p>`;
  return html`<p role="status" id="found">Choose one of ${found.length}:</p>
<div role="radiogroup" aria-labelledby="found">${found.map((patient) => patientChoice('found', patient, false))}</div>`;
}

/** Where a one-time link leads: a first or a new password is set. What answers the form has another address (`?set`), so that another link loads. */
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
<form method="post" action="${base}/setup?set">
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
