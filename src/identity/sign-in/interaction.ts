import type { FastifyReply, FastifyRequest } from 'fastify';
import type { InteractionResults } from 'oidc-provider';
import type { RegisteredClient } from '../clients/client-configuration.ts';
import { IdentityError } from '../errors.ts';
import { formValue, requireOwnForm } from './form-guard.ts';
import type { InteractionPage } from './pages.ts';
import type { SignInServices } from './sign-in-services.ts';

/** One authorisation request that waits for a person. */
export interface Interaction {
  readonly uid: string;
  readonly prompt: string;
  readonly client: RegisteredClient;
  /** Who is signed in; undefined before that. */
  readonly account: string | undefined;
  readonly scope: string;
  readonly launch: string | undefined;
  readonly purpose: string | undefined;
  readonly loginHint: string | undefined;
  /** Ends this step: where the browser goes on. */
  finish(result: InteractionResults): Promise<string>;
}

/** The interaction of a request's cookie and path. Rejects with IdentityError `form-stale` when it is over or another browser's. */
export async function interactionOf(
  { provider, clients }: SignInServices,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Interaction> {
  const { uid } = request.params as { uid: string };
  const details = await provider.interactionDetails(request.raw, reply.raw).catch(() => undefined);
  const client = clients.get(String(details?.params.client_id ?? ''));
  if (details === undefined || details.uid !== uid || client === undefined)
    throw new IdentityError(
      'form-stale',
      'This sign-in is over, or was begun in another browser: start again from the app.',
    );
  const text = (name: string) => {
    const value = details.params[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  return {
    uid,
    prompt: details.prompt.name,
    client,
    account: details.session?.accountId,
    scope: text('scope') ?? '',
    launch: text('launch'),
    purpose: text('purpose_of_use'),
    loginHint: text('login_hint'),
    finish: (result) =>
      provider.interactionResult(request.raw, reply.raw, result, { mergeWithLastSubmission: true }),
  };
}

/** What the pages of an interaction know. */
export function pageOf(
  { realm, organisationName, sealing }: SignInServices,
  { uid, client }: Interaction,
  problem?: string,
): InteractionPage {
  return {
    base: new URL(realm.issuer).pathname,
    organisation: organisationName,
    uid,
    form: formValue(sealing, uid),
    client,
    problem,
  };
}

/** The interaction that a form belongs to, once it is known that the form is its own and is at this step. */
export async function interactionOfForm(
  services: SignInServices,
  request: FastifyRequest,
  reply: FastifyReply,
  step: 'login' | 'consent' | undefined,
  form: unknown,
): Promise<Interaction> {
  const interaction = await interactionOf(services, request, reply);
  const { origin } = new URL(services.realm.issuer);
  requireOwnForm(request, { sealing: services.sealing, origin, uid: interaction.uid }, form);
  if (step !== undefined && interaction.prompt !== step)
    throw new IdentityError('form-stale', 'This step is over: go back to the app and start again.');
  return interaction;
}
