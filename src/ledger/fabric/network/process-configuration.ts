import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Document, parseDocument } from 'yaml';
import type { OrganisationFiles } from './network-folder.ts';
import type { OrganisationPlan } from './organisation-plan.ts';

/** Settings by path, such as `peer.tls.enabled`. */
type Settings = Readonly<Record<string, unknown>>;

/** Fabric's sample configuration with some settings changed: what we do not name stays as Fabric recommends. */
export function withSettings(sample: string, settings: Settings): string {
  const parsed = parseDocument(sample).toJS({ maxAliasCount: -1 }) as Record<string, unknown>;
  const document = new Document(parsed);
  for (const [path, value] of Object.entries(settings)) document.setIn(path.split('.'), value);
  return document.toString();
}

/** Reads one of Fabric's sample files. */
export function readSample(samples: string, name: 'core.yaml' | 'orderer.yaml'): string {
  return readFileSync(join(samples, name), 'utf8');
}

/** The operations service tells health and metrics to whoever asks: loopback only, whatever the plan's address is. */
const OPERATIONS_HOST = '127.0.0.1';

function pair(folder: string): { certificate: string; key: string } {
  return { certificate: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
}

/** Settings of an organisation's peer. `builder` is the folder of the external builder. */
export function peerSettings(plan: OrganisationPlan, files: OrganisationFiles, builder: string): Settings {
  const { id, host, bind, ports } = plan;
  const { certificate, key } = pair(files.tls('peer'));
  const address = `${host}:${ports.peer}`;
  return {
    'peer.id': `peer.${id}`,
    'peer.networkId': 'holdfast',
    'peer.listenAddress': `${bind}:${ports.peer}`,
    'peer.address': address,
    'peer.chaincodeListenAddress': `${OPERATIONS_HOST}:${ports.peerChaincode}`,
    'peer.chaincodeAddress': `localhost:${ports.peerChaincode}`,
    'peer.localMspId': id,
    'peer.mspConfigPath': files.identity('peer'),
    'peer.fileSystemPath': files.peerData,
    'ledger.snapshots.rootDir': files.snapshots,
    // No contract asks which transactions wrote a key: who wants to know asks the ledger log, which proves it.
    'ledger.history.enableHistoryDatabase': false,
    'peer.tls.enabled': true,
    'peer.tls.cert.file': certificate,
    'peer.tls.key.file': key,
    'peer.tls.rootcert.file': files.tlsCa,
    // Other organisations' peers are found by gossip, which the gateway asks for endorsements.
    'peer.gossip.bootstrap': address,
    'peer.gossip.endpoint': address,
    'peer.gossip.externalEndpoint': address,
    // A gateway learns from these messages who is up and how far: seconds of them are seconds of refusals after a start.
    'peer.gossip.publishStateInfoInterval': '1s',
    'peer.gossip.requestStateInfoInterval': '1s',
    'peer.gossip.aliveTimeInterval': '2s',
    'peer.gossip.aliveExpirationTimeout': '10s',
    'peer.gossip.reconnectInterval': '3s',
    // Blocks older than this come from any orderer: a new peer must not wait out the default of an hour between tries.
    'peer.deliveryclient.reConnectBackoffThreshold': '3s',
    'peer.gateway.endorsementTimeout': '10s',
    'peer.gateway.broadcastTimeout': '10s',
    'peer.gateway.dialTimeout': '5s',
    'vm.endpoint': '',
    'chaincode.externalBuilders': [
      { name: 'holdfast', path: builder, propagateEnvironment: ['HOLDFAST_CHAINCODE_CONNECTIONS'] },
    ],
    'chaincode.executetimeout': '10s',
    'chaincode.startuptimeout': '20s',
    'operations.listenAddress': `${OPERATIONS_HOST}:${ports.peerOperations}`,
    'metrics.provider': 'prometheus',
  };
}

/** Settings of an organisation's orderer. */
export function ordererSettings(plan: OrganisationPlan, files: OrganisationFiles): Settings {
  const { certificate, key } = pair(files.tls('orderer'));
  return {
    'General.ListenAddress': plan.bind,
    'General.ListenPort': plan.ports.orderer,
    'General.TLS.Enabled': true,
    'General.TLS.Certificate': certificate,
    'General.TLS.PrivateKey': key,
    'General.TLS.RootCAs': [files.tlsCa],
    'General.Cluster.ClientCertificate': certificate,
    'General.Cluster.ClientPrivateKey': key,
    'General.Cluster.RootCAs': [files.tlsCa],
    'General.LocalMSPDir': files.identity('orderer'),
    'General.LocalMSPID': plan.id,
    'General.BootstrapMethod': 'none',
    'FileLedger.Location': files.ordererData,
    'Consensus.WALDir': join(files.orderer, 'consensus', 'wal'),
    'Consensus.SnapDir': join(files.orderer, 'consensus', 'snapshot'),
    'Operations.ListenAddress': `${OPERATIONS_HOST}:${plan.ports.ordererOperations}`,
    'Metrics.Provider': 'prometheus',
    'ChannelParticipation.Enabled': true,
    // Whoever may join channels holds a certificate of this organisation's own TLS authority.
    'Admin.ListenAddress': `${OPERATIONS_HOST}:${plan.ports.ordererAdmin}`,
    'Admin.TLS.Enabled': true,
    'Admin.TLS.Certificate': certificate,
    'Admin.TLS.PrivateKey': key,
    'Admin.TLS.ClientAuthRequired': true,
    'Admin.TLS.ClientRootCAs': [files.tlsCa],
  };
}
