import { type FaultNetwork, faultNetwork } from './fault-network.ts';
import { Links, type Target } from './links.ts';

/** Where the processes listen; 127.0.0.1, which everybody dials, is the proxies'. */
const BEHIND = '127.0.0.5';
/** First port: apart from what other tests choose, and from what outgoing connections are given. */
const FIRST_PORT = 18_100;
const ORGANISATIONS = ['st-mary', 'lakeside', 'meridian', 'aurora'];

/** Every address by which one process of the network reaches another: as `startNode` and the ledger's plans number them. */
function targets(): Target[] {
  return ORGANISATIONS.flatMap((organisation, place): Target[] => [
    { organisation, role: 'orderer', port: FIRST_PORT + 10 * place },
    { organisation, role: 'peer', port: FIRST_PORT + 10 * place + 1 },
    { organisation, role: 'node', port: FIRST_PORT + 90 + place },
  ]);
}

/** A network in which every link goes through a proxy of this test; its nodes must not disclose beyond an age of the ledger. */
export async function partedNetwork(stalenessMs: number): Promise<{ network: FaultNetwork; links: Links }> {
  const links = await Links.open(targets(), BEHIND);
  const given = [
    '--anchor-ms',
    '1000',
    '--publish-ms',
    '200',
    '--host',
    BEHIND,
    '--staleness-ms',
    String(stalenessMs),
  ];
  try {
    return { network: await faultNetwork({ port: FIRST_PORT, arguments: given }), links };
  } catch (error) {
    await links.close();
    throw error;
  }
}
