import { parentPort, workerData } from 'node:worker_threads';
import { openConnection } from '../../database/index.ts';
import { appenderOf } from '../../log/index.ts';
import { seriesOf } from '../numbering.ts';
import { SqliteStorage } from '../storage/sqlite/sqlite-storage.ts';
import { assemble } from './batch-assembly.ts';
import {
  type CommitReply,
  type CommitRequest,
  type CommitThreadOptions,
  failureReply,
} from './commit-message.ts';

// The committing thread of one organisation: takes groups one after the other, answers each once it is on disk.

const { path, organisation, logOrigin, setUp } = workerData as CommitThreadOptions;
const database = openConnection({ path });
database.exec(setUp);
const storage = new SqliteStorage(database, appenderOf(database, logOrigin));

function commit({ group, auditKeys }: Extract<CommitRequest, { kind: 'commit' }>): CommitReply {
  try {
    const keyOf = (entry: number): Uint8Array => {
      const key = auditKeys.get(seriesOf(entry));
      if (key === undefined) throw new Error('a group brings the audit keys of its entries');
      return key;
    };
    return { ok: true, leaf: storage.commit(assemble(group, keyOf, organisation)) };
  } catch (error) {
    return failureReply(error);
  }
}

parentPort?.on('message', (request: CommitRequest) => {
  if (request.kind === 'commit') {
    parentPort?.postMessage(commit(request));
    return;
  }
  database.close();
  parentPort?.close();
});
