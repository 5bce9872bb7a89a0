import { writeChaincodeConnection } from './chaincode-connection.ts';
import { writeProfiles } from './connection-profile.ts';
import { type NetworkContext, planOf } from './network-context.ts';
import { configureOrganisation, copyBuilder } from './prepare-organisation.ts';

/**
 * Writes everything of an organisation's part that is made from its keys, the description and where programs are now: configuration of
 * orderer and peer, how the peer reaches each chaincode, the connection profiles. `builder` is where the external builder ships.
 */
export function configureAnew(context: NetworkContext, organisation: string, builder: string): void {
  const plan = planOf(context, organisation);
  const { chaincode, next } = context.description;
  copyBuilder(context, builder);
  configureOrganisation(context, plan);
  for (const definition of [chaincode, next])
    if (definition !== undefined) writeChaincodeConnection(context.folder, plan, definition);
  writeProfiles(context);
}
