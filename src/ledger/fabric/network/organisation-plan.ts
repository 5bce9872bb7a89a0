/** Ports of one organisation's processes. */
export interface OrganisationPorts {
  readonly orderer: number;
  readonly peer: number;
  /** Where a peer would take connections of chaincode it starts itself; nothing does, yet each peer needs its own. */
  readonly peerChaincode: number;
  readonly chaincode: number;
  readonly ordererAdmin: number;
  readonly ordererOperations: number;
  readonly peerOperations: number;
}

/** Where one organisation's part of the network runs. */
export interface OrganisationPlan {
  /** Organisation id; its MSP has the same name. */
  readonly id: string;
  /** Number of its orderer in the consensus: never used twice in a network. */
  readonly consenter: number;
  /** Name under which the others reach orderer and peer. */
  readonly host: string;
  /** Address that orderer and peer listen at. */
  readonly bind: string;
  readonly ports: OrganisationPorts;
  /** False once its orderer left the consensus; its peer may stay. */
  readonly isOrdering?: boolean;
}

/** First port when nothing is said: Fabric's own. */
export const DEFAULT_BASE_PORT = 7050;
/** Ports from one organisation to the next: seven are used, and ten read well. */
export const PORTS_PER_ORGANISATION = 10;
const LOOPBACK = '127.0.0.1';

/** Ports of the organisation at a place (from 0) in a network that begins at `basePort`. */
export function portsAt(basePort: number, place: number): OrganisationPorts {
  const first = basePort + place * PORTS_PER_ORGANISATION;
  return {
    orderer: first,
    peer: first + 1,
    peerChaincode: first + 2,
    chaincode: first + 3,
    ordererAdmin: first + 4,
    ordererOperations: first + 5,
    peerOperations: first + 6,
  };
}

/** Plans of organisations on one machine, loopback only. */
export function localPlans(organisations: readonly string[], basePort: number): OrganisationPlan[] {
  return organisations.map((id, place) => ({
    id,
    consenter: place + 1,
    host: 'localhost',
    bind: LOOPBACK,
    ports: portsAt(basePort, place),
  }));
}
