import type { Asker } from './ask.ts';
import type { RecordTrust } from './check-record.ts';
import type { ConsentDirectory } from './consent-directory.ts';
import type { RecordSource } from './release-record.ts';

/** What gathering a record across the network needs. */
export interface NetworkReader {
  readonly asker: Asker;
  readonly consents: ConsentDirectory;
  readonly source: RecordSource;
  /** What arriving receipts are checked against, by this node's newest view. */
  readonly trust: () => Promise<RecordTrust>;
}
