import { existsSync, readFileSync, rmSync } from 'node:fs';
import {
  cardFile,
  cardOf,
  type NetworkContext,
  type OrganisationMaterial,
  type OrganisationPlan,
  replaceFile,
  rotateCertificates,
  type SignedCard,
  signRotation,
  stagedMaterialFile,
} from '../../ledger/index.ts';
import { existingKeyring } from '../operations/organisation-keyring.ts';
import { organisationPaths } from '../organisation/folder.ts';
import { requireMembersCard } from './admit-card.ts';
import { freshMaterial, type LedgerOperation } from './ledger-operations.ts';
import { writeOwnCard } from './own-card.ts';

/**
 * Renews every certificate of an organisation's processes while the network goes on. The new keys are on disk before anybody hears
 * of them, so that a rotation that was interrupted, or waits for other machines' signatures, goes on with the same. `received` is
 * the change as others signed it. Rejects as `rotateCertificates`.
 */
export async function rotateLedgerCertificates(operation: LedgerOperation, received?: string): Promise<void> {
  const { context, organisation, onProgress } = operation;
  const plan = context.description.organisations.find(({ id }) => id === organisation.id);
  const staged = stagedMaterialFile(context.folder, organisation.id);
  const material = existsSync(staged)
    ? (JSON.parse(readFileSync(staged, 'utf8')) as OrganisationMaterial)
    : await freshMaterial(operation, plan?.host ?? 'localhost');
  replaceFile(staged, JSON.stringify(material));
  if (plan !== undefined) renewCard(operation, plan, material);
  await rotateCertificates(context, material, onProgress, received);
  rmSync(staged);
}

/** The card of a part that was prepared for other machines follows its certificates. */
function renewCard(
  { context, organisation, passphrase }: LedgerOperation,
  plan: OrganisationPlan,
  material: OrganisationMaterial,
): void {
  const { id, data } = organisation;
  if (data === undefined || !existsSync(cardFile(context.folder, id))) return;
  const keyring = existingKeyring(organisationPaths(data, id), id, passphrase());
  writeOwnCard(context.folder, cardOf(plan, material), keyring, undefined);
}

/** Signs the new certificates of an organisation on another machine, by its new card. Rejects with NetworkError `not-agreed` when the card is not by a key that `membership` has of it, and as `changeChannel`. */
export async function signLedgerRotation(
  context: NetworkContext,
  card: SignedCard,
  received: string | undefined,
): Promise<void> {
  await requireMembersCard(context, card);
  await signRotation(context, card, received);
}
