import type { Launch } from '../authorisation-server/launches.ts';
import { needsPatient } from '../authorisation-server/person-scopes.ts';
import type { Account } from '../directory/account.ts';
import { purposesOfRoles } from '../directory/role.ts';
import { IdentityError } from '../errors.ts';
import { isLogicalId, isRepresentative } from '../principal.ts';
import { parsePurposes } from '../purpose-of-use.ts';
import { isContextScope } from '../scope/scope.ts';
import type { Interaction } from './interaction.ts';
import type { SignInServices } from './sign-in-services.ts';

/** What somebody decided on the authorisation screen. */
export interface Decided {
  /** Scopes that they left ticked. */
  readonly scopes: readonly string[];
  /** The patient that they named, where that was asked. */
  readonly patient: string | undefined;
}

/** Scopes that give nothing by themselves, and that the screen does not ask about. */
const UNASKED = new Set(['openid', 'launch', 'launch/patient', 'launch/encounter', 'administration']);

/** The launch of this request, if it is for this app and person; undefined for a launch without one. Throws `launch-invalid`. */
export function launchOf(
  { launches }: SignInServices,
  { launch, client }: Interaction,
  { id }: Account,
): Launch | undefined {
  if (launch === undefined) return undefined;
  const found = launches.peek(launch, client.id);
  if (found?.account !== id)
    throw new IdentityError(
      'launch-invalid',
      'This app was opened by somebody else: open it again from the record.',
    );
  return found;
}

/** How somebody says which patient an app is about: not at all, by any id here, or by one of those whom they represent. */
export type PatientQuestion = 'none' | 'any' | readonly string[];

/** What the person is asked: nothing for patients themselves, when the launch says it, and who represents one patient alone. */
export async function patientQuestion(
  { patientsOf }: Pick<SignInServices, 'patientsOf'>,
  scope: string,
  { fhirUser }: Account,
  launch: Launch | undefined,
): Promise<PatientQuestion> {
  if (launch?.patient !== undefined || fhirUser?.startsWith('Patient/')) return 'none';
  if (!isRepresentative(fhirUser)) return needsPatient(scope) ? 'any' : 'none';
  const patients = await patientsOf(fhirUser);
  return patients.length > 1 ? patients : 'none';
}

/**
 * Gives the app what was decided: a grant of the library and, under the same id, what its tokens will say. The id of the grant.
 * Throws IdentityError `launch-invalid`, `request-invalid` or `purpose-unknown`, and then nothing is given.
 */
export async function authorise(
  services: SignInServices,
  interaction: Interaction,
  account: Account,
  decided: Decided,
): Promise<{ grant: string; patient: string | undefined }> {
  const { provider, grants, realm, launches, now } = services;
  const { client, scope, launch: launchId } = interaction;
  const launch = launchOf(services, interaction, account);
  const asked = scope.split(' ').filter((word) => word !== '');
  const kept = asked.filter((word) => UNASKED.has(word) || decided.scopes.includes(word));
  const patient = await patientOf(services, kept.join(' '), account, launch, decided);
  const purposes = purposesFor(client.purposes, account, interaction.purpose);
  if (launchId !== undefined && launches.use(launchId, client.id, account.id) === undefined)
    throw new IdentityError('launch-invalid', 'This launch was used: open the app again from the record.');
  const grant = new provider.Grant({ accountId: account.id, clientId: client.id });
  const isOidc = (word: string) => isContextScope(word) && word !== 'administration';
  grant.addOIDCScope(kept.filter(isOidc).join(' '));
  grant.addResourceScope(realm.audience, kept.filter((word) => !isOidc(word)).join(' '));
  const refused = asked.filter((word) => !kept.includes(word));
  // What was taken away is written down too, or the library would ask for it again.
  if (refused.some(isOidc)) grant.rejectOIDCScope(refused.filter(isOidc).join(' '));
  if (!refused.every(isOidc))
    grant.rejectResourceScope(realm.audience, refused.filter((word) => !isOidc(word)).join(' '));
  const id = await grant.save();
  grants.put({
    grant: id,
    client: client.id,
    account: account.id,
    fhirUser: account.fhirUser,
    patient,
    encounter: launch?.encounter,
    intent: launch?.intent,
    purposes,
    roles: account.roles,
    scope: kept.join(' '),
    since: now().toISOString(),
  });
  return { grant: id, patient };
}

async function patientOf(
  { patientExists, patientsOf }: SignInServices,
  scope: string,
  account: Account,
  launch: Launch | undefined,
  decided: Decided,
): Promise<string | undefined> {
  const own = account.fhirUser?.startsWith('Patient/')
    ? account.fhirUser.slice('Patient/'.length)
    : undefined;
  if (own !== undefined) {
    if (launch?.patient !== undefined && launch.patient !== own)
      throw new IdentityError('launch-invalid', 'This launch is about somebody else.');
    return own;
  }
  if (isRepresentative(account.fhirUser))
    return represented(await patientsOf(account.fhirUser), launch, decided);
  if (launch?.patient !== undefined) return launch.patient;
  if (!needsPatient(scope)) return undefined;
  const named = decided.patient?.trim().replace(/^Patient\//, '');
  if (named === undefined || !isLogicalId(named) || !(await patientExists(named)))
    throw new IdentityError('request-invalid', 'There is no patient with this id here.');
  return named;
}

/** Who represents several patients says for which; nobody is asked for who is not theirs. */
function represented(
  patients: readonly string[],
  launch: Launch | undefined,
  { patient }: Decided,
): string | undefined {
  const [only] = patients;
  if (only === undefined)
    throw new IdentityError('request-invalid', 'At present there is nobody here for whom you may ask.');
  const named = launch?.patient ?? patient ?? (patients.length === 1 ? only : undefined);
  if (named === undefined || !patients.includes(named))
    throw new IdentityError('request-invalid', 'Say for which of the patients you ask.');
  return named;
}

/** The purposes that the app may state, the person may have, and were asked for; the person's usual one when none was. */
function purposesFor(
  ofClient: readonly string[],
  { roles }: Account,
  asked: string | undefined,
): readonly string[] {
  const possible = purposesOfRoles(roles).filter((purpose) => ofClient.includes(purpose));
  if (asked === undefined) {
    const [usual] = possible;
    if (usual === undefined)
      throw new IdentityError('request-invalid', 'This app serves no purpose that you have here.');
    return [usual];
  }
  const purposes = parsePurposes(asked);
  if (!purposes.every((purpose) => possible.includes(purpose)))
    throw new IdentityError('request-invalid', 'The app asks for a purpose that you do not have here.');
  return purposes;
}
