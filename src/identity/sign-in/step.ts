import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Account } from '../directory/account.ts';
import type { Principal } from '../principal.ts';
import { type RecordedEvent, recordDurably } from '../recorder.ts';
import { PAGE_HEADERS } from './html.ts';
import type { Interaction } from './interaction.ts';
import { personAt } from './person.ts';
import type { SignInServices } from './sign-in-services.ts';

/** A form's fields; one that may come several times is read with `getAll`. */
export const fields = (request: FastifyRequest): URLSearchParams =>
  request.body instanceof URLSearchParams ? request.body : new URLSearchParams();

/** Answers with a page. */
export const send = (reply: FastifyReply, text: string): FastifyReply =>
  reply.headers(PAGE_HEADERS).send(text);

/** Sends the browser on. */
export const onwards = (reply: FastifyReply, to: string): FastifyReply =>
  reply.header('cache-control', 'no-store').redirect(to, 303);

/** Records one step of somebody who is not known by a token yet. */
export function record(
  { recorder }: SignInServices,
  { id: requestId }: FastifyRequest,
  event: Pick<RecordedEvent, 'subtype' | 'outcome'> & Partial<RecordedEvent>,
): Promise<void> {
  return recordDurably(recorder, {
    kind: 'sign-in',
    action: 'E',
    patients: [],
    objects: [],
    ...event,
    requestId,
  });
}

/** Somebody at these pages, for the audit trail. */
export const principalAt = ({ realm }: SignInServices, account: Account, client: string): Principal =>
  personAt(realm.organisation, account, client);

/** How somebody was recognised, in the words of RFC 8176. A passkey that saw its owner's finger or PIN is two factors. */
const recognisedBy = {
  password: ['pwd'],
  'passkey-verified': ['hwk', 'user', 'mfa'],
  outside: ['fed'],
} as const;

/** Ends the step of sign-in, recorded first; where the browser goes on. */
export async function signedIn(
  services: SignInServices,
  request: FastifyRequest,
  interaction: Interaction,
  account: Account,
  by: keyof typeof recognisedBy,
): Promise<string> {
  const principal = principalAt(services, account, interaction.client.id);
  await record(services, request, { subtype: by, outcome: 'success', principal });
  return interaction.finish({
    login: { accountId: account.id, amr: [...recognisedBy[by]], remember: false },
  });
}
