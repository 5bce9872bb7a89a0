import type { FastifyRequest } from 'fastify';
import type { Account } from '../directory/account.ts';
import { launchOf, patientQuestion } from './authorise.ts';
import type { Interaction } from './interaction.ts';
import type { AuthorisationQuestion } from './pages.ts';
import { lookingAt, type ShownPatient } from './shown-patient.ts';
import type { SignInServices } from './sign-in-services.ts';

/**
 * What the authorisation screen asks of somebody. Patients to choose among are those whom they may see; the one that a launch is about
 * they have chosen already, so that it is named by its id where it may not be seen.
 */
export async function authorisationQuestion(
  services: SignInServices,
  { id: requestId }: FastifyRequest,
  interaction: Interaction,
  account: Account,
): Promise<AuthorisationQuestion> {
  const { patientsShown, realm } = services;
  const { client, scope } = interaction;
  const launch = launchOf(services, interaction, account);
  const asker = lookingAt(realm.organisation, account, client.id);
  const shown = (patients: readonly string[]): Promise<readonly ShownPatient[]> =>
    patientsShown(asker, patients, requestId);
  const question = await patientQuestion(services, scope, account, launch);
  const asked = question === 'none' || question === 'any' ? question : await shown(question);
  const launched = launch?.patient;
  if (launched === undefined) return { account, scope, asked };
  const [patient = { id: launched }] = await shown([launched]);
  return { account, scope, asked, patient };
}
