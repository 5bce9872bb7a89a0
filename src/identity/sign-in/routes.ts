import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Account } from '../directory/account.ts';
import { IdentityError } from '../errors.ts';
import { problemOf, sendProblem } from '../http-errors.ts';
import { isConfined } from '../principal.ts';
import { PAGE_STYLE, SETUP_SCRIPT, SIGN_IN_SCRIPT } from './assets.ts';
import { authorisationQuestion } from './authorisation-question.ts';
import { authorise, patientQuestion } from './authorise.ts';
import { html } from './html.ts';
import { type Interaction, interactionOf, interactionOfForm, pageOf } from './interaction.ts';
import { outsideRoutes } from './outside-routes.ts';
import { authorisationPage, messagePage, signInPage } from './pages.ts';
import { passkeyRoutes } from './passkey-routes.ts';
import { asksToFind, patientNamed, patientSearch } from './patient-search.ts';
import { setupRoutes } from './setup-routes.ts';
import type { SignInServices } from './sign-in-services.ts';
import { fields, onwards, principalAt, record, send, signedIn } from './step.ts';

/** Forms hold a login, a password and a page of scopes. */
const MAX_BODY_BYTES = 64 * 1024; // a passkey's answer with an attestation is the largest

/**
 * Fastify plugin, registered under `/orgs/<org>`: the pages on which people sign in and authorise apps. What happens on them is
 * recorded durably before the browser goes on.
 */
export async function signInRoutes(app: FastifyInstance, services: SignInServices): Promise<void> {
  takeForms(app);
  app.setErrorHandler((error, request, reply) => {
    const { status, detail } = problemOf(error);
    if (status >= 500) services.onFault?.(error, request.id);
    if (request.headers['content-type']?.startsWith('application/json')) return sendProblem(reply, error);
    const at = { base: new URL(services.realm.issuer).pathname, organisation: services.organisationName };
    return send(
      reply.code(status),
      messagePage({ ...at, title: 'This did not work' }, html`<p role="alert">${detail}</p>`),
    );
  });
  assetRoutes(app);
  app.get('/auth/interaction/:uid', (request, reply) => showStep(services, request, reply));
  app.post('/auth/interaction/:uid/password', (request, reply) => signInByPassword(services, request, reply));
  app.post('/auth/interaction/:uid/authorise', (request, reply) => decide(services, request, reply));
  app.post('/auth/interaction/:uid/cancel', async (request, reply) => {
    const interaction = await interactionOfForm(
      services,
      request,
      reply,
      undefined,
      fields(request).get('form'),
    );
    await record(services, request, {
      subtype: 'authorise-app',
      outcome: 'minor',
      detail: 'access_denied',
      agent: interaction.client.id,
    });
    return onwards(
      reply,
      await interaction.finish({ error: 'access_denied', error_description: 'the person did not allow it' }),
    );
  });
  passkeyRoutes(app, services);
  setupRoutes(app, services);
  outsideRoutes(app, services, (request, interaction, account) =>
    signedIn(services, request, interaction, account, 'outside'),
  );
}

function takeForms(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  const options = { parseAs: 'string', bodyLimit: MAX_BODY_BYTES } as const;
  app.addContentTypeParser('application/x-www-form-urlencoded', options, (_request, body, done) =>
    done(null, new URLSearchParams(String(body))),
  );
  app.addContentTypeParser('application/json', options, (_request, body, done) => {
    try {
      done(null, JSON.parse(String(body)));
    } catch {
      done(new IdentityError('request-invalid', 'The body must be JSON.'));
    }
  });
}

function assetRoutes(app: FastifyInstance): void {
  const assets = new Map([
    ['page.css', PAGE_STYLE],
    ['sign-in.js', SIGN_IN_SCRIPT],
    ['setup.js', SETUP_SCRIPT],
  ]);
  app.get('/auth/:asset', async (request, reply) => {
    const { asset } = request.params as { asset: string };
    const text = assets.get(asset);
    if (text === undefined) throw Object.assign(new Error('no such file'), { statusCode: 404 });
    const type = asset.endsWith('.css') ? 'text/css; charset=utf-8' : 'text/javascript; charset=utf-8';
    return reply.type(type).header('cache-control', 'no-cache').send(text);
  });
}

function accountOf({ directory }: SignInServices, { account: id }: Interaction): Account {
  const account = id === undefined ? undefined : directory.byId(id);
  if (account === undefined || account.closed)
    throw new IdentityError('form-stale', 'You are not signed in: go back to the app and start again.');
  return account;
}

async function showStep(services: SignInServices, request: FastifyRequest, reply: FastifyReply) {
  const interaction = await interactionOf(services, request, reply);
  if (interaction.prompt === 'login') {
    const { loginHint: login } = interaction;
    const outsideName = services.outside?.name;
    return send(reply, signInPage({ ...pageOf(services, interaction), login, outsideName }));
  }
  const account = accountOf(services, interaction);
  // The organisation's own portal is not somebody else: there is nobody to let in.
  if (interaction.client.isPortal) {
    const isOfOne = isConfined(account.fhirUser);
    // Staff choose a patient in the portal, not for it; a parent of several children says which beforehand.
    const scopes = interaction.scope.split(' ').filter((word) => isOfOne || !word.startsWith('patient/'));
    if (!Array.isArray(await patientQuestion(services, interaction.scope, account, undefined)))
      return onwards(
        reply,
        await authorised(services, request, interaction, account, { scopes, patient: undefined }),
      );
  }
  const question = await authorisationQuestion(services, request, interaction, account);
  return send(reply, authorisationPage(pageOf(services, interaction), question));
}

async function signInByPassword(services: SignInServices, request: FastifyRequest, reply: FastifyReply) {
  const given = fields(request);
  const interaction = await interactionOfForm(services, request, reply, 'login', given.get('form'));
  const login = given.get('login') ?? '';
  try {
    const account = await services.directory.signIn(login, given.get('password') ?? '');
    return onwards(reply, await signedIn(services, request, interaction, account, 'password'));
  } catch (error) {
    if (!(error instanceof IdentityError) || error.code !== 'sign-in-refused') throw error;
    await refusedSignIn(services, request, interaction, login);
    const page = {
      ...pageOf(services, interaction, error.message),
      login,
      outsideName: services.outside?.name,
    };
    return send(reply.code(403), signInPage(page));
  }
}

/** A lock-out is worth a look; a login that does not exist is text of a stranger's choosing and is not kept. */
async function refusedSignIn(
  services: SignInServices,
  request: FastifyRequest,
  { client }: Interaction,
  login: string,
) {
  const account = services.directory.byLogin(login);
  const outcome = account !== undefined && services.directory.isLocked(account.id) ? 'serious' : 'minor';
  const objects = account?.fhirUser === undefined ? [] : [account.fhirUser];
  await record(services, request, {
    subtype: 'password',
    outcome,
    detail: 'sign-in-refused',
    agent: client.id,
    objects,
  });
}

async function decide(services: SignInServices, request: FastifyRequest, reply: FastifyReply) {
  const given = fields(request);
  const interaction = await interactionOfForm(services, request, reply, 'consent', given.get('form'));
  const account = accountOf(services, interaction);
  if (asksToFind(given)) {
    const question = await authorisationQuestion(services, request, interaction, account);
    // Only where any patient may be named is there anything to look for.
    const search =
      question.asked === 'any' ? await patientSearch(services, request, interaction, account) : undefined;
    return send(reply, authorisationPage(pageOf(services, interaction), { ...question, search }));
  }
  try {
    const decided = { scopes: given.getAll('scope'), patient: patientNamed(given) };
    return onwards(reply, await authorised(services, request, interaction, account, decided));
  } catch (error) {
    if (!(error instanceof IdentityError) || error.code !== 'request-invalid') throw error;
    const question = await authorisationQuestion(services, request, interaction, account);
    return send(reply.code(400), authorisationPage(pageOf(services, interaction, error.message), question));
  }
}

async function authorised(
  services: SignInServices,
  request: FastifyRequest,
  interaction: Interaction,
  account: Account,
  decided: Parameters<typeof authorise>[3],
): Promise<string> {
  const { grant, patient } = await authorise(services, interaction, account, decided);
  const principal = principalAt(services, account, interaction.client.id);
  const patients = patient === undefined ? [] : [patient];
  await record(services, request, { subtype: 'authorise-app', outcome: 'success', principal, patients });
  return interaction.finish({ consent: { grantId: grant } });
}
