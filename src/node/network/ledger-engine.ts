import {
  type EmbeddedEngine,
  type Ledger,
  type LedgerLog,
  openEmbeddedLedger,
  type Role,
} from '../../ledger/index.ts';
import type { Keyring } from '../../vault/index.ts';
import { ledgerPath } from '../organisation/folder.ts';
import { memberKey, signWith } from '../organisation/member-keys.ts';
import { contracts } from './contracts.ts';

/** Who connects, and what it has to show. */
export interface LedgerConnection {
  readonly organisation: string;
  readonly role: Role;
  readonly keyring: Keyring;
  /** The organisation's ledger log, which assembles evidence; without one `evidence` is unavailable. */
  readonly ledgerLog?: LedgerLog;
}

/** The ledger's engine as a node is composed with it; what differs between engines ends here. */
export interface LedgerEngine {
  readonly name: Ledger['engine'];
  /** The ledger as one hosted organisation sees it. */
  connect(connection: LedgerConnection): Ledger;
  /** Certificates that its processes use, with the whole days until each ends; empty where there are none. */
  certificates(): readonly { readonly holder: string; readonly daysLeft: number }[];
  /** What operators should look at, such as certificates that end soon; empty when nothing. */
  warnings(): readonly string[];
  /** The network underneath, for the ledger's page; undefined where there is none but this process. */
  network(): Promise<NetworkStatus | undefined>;
  /** Ends every stream and closes every file or connection. */
  close(): Promise<void>;
}

/** One process of the network underneath, as its operator sees it. */
export interface NetworkNode {
  readonly organisation: string;
  readonly role: 'orderer' | 'peer';
  readonly endpoint: string;
  /** Whether it answered; undefined when nobody but its own organisation may ask it. */
  readonly up?: boolean;
  /** Newest block it has; absent when it did not answer. */
  readonly height?: number;
}

/** The network underneath the ledger. */
export interface NetworkStatus {
  readonly nodes: readonly NetworkNode[];
  /** Organisation whose orderer leads; absent when nobody here knows. */
  readonly leader?: string;
}

/** The embedded ledger of a data folder as an engine: one process, any number of organisations (DESIGN §3). */
export function embeddedEngine(data: string, now: () => Date): LedgerEngine {
  const engine: EmbeddedEngine = openEmbeddedLedger({ path: ledgerPath(data), contracts, now });
  return {
    name: 'embedded',
    connect: ({ organisation, role, keyring, ledgerLog }) => {
      const key = memberKey(keyring, 'transaction');
      return engine.connect({
        organisation,
        role,
        key: signWith(key),
        publicKey: key.publicKey,
        ...(ledgerLog === undefined ? {} : { ledgerLog }),
      });
    },
    certificates: () => [],
    warnings: () => [],
    network: async () => undefined,
    close: async () => engine.close(),
  };
}
