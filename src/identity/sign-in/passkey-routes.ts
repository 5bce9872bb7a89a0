import type { FastifyInstance } from 'fastify';
import { IdentityError } from '../errors.ts';
import { interactionOfForm } from './interaction.ts';
import type { SignInServices } from './sign-in-services.ts';
import { record, signedIn } from './step.ts';

interface PasskeyBody {
  readonly form?: unknown;
  readonly credential?: unknown;
}

/** Sign-in by passkey: a challenge, and its answer. */
export function passkeyRoutes(app: FastifyInstance, services: SignInServices): void {
  const purpose = (uid: string) => `sign-in ${uid}`;
  app.post('/auth/interaction/:uid/passkey/options', async (request, reply) => {
    const { form } = (request.body ?? {}) as PasskeyBody;
    const { uid } = await interactionOfForm(services, request, reply, 'login', form);
    return { options: await services.passkeys.authentication(purpose(uid)) };
  });
  app.post('/auth/interaction/:uid/passkey', async (request, reply) => {
    const { form, credential } = (request.body ?? {}) as PasskeyBody;
    const interaction = await interactionOfForm(services, request, reply, 'login', form);
    try {
      const { account } = await services.passkeys.recognise(purpose(interaction.uid), credential);
      return { location: await signedIn(services, request, interaction, account, 'passkey-verified') };
    } catch (error) {
      if (!(error instanceof IdentityError) || error.code !== 'sign-in-refused') throw error;
      await record(services, request, {
        subtype: 'passkey',
        outcome: 'minor',
        detail: error.code,
        agent: interaction.client.id,
      });
      throw error;
    }
  });
}
