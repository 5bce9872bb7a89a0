import { parentPort } from 'node:worker_threads';
import { type Database, openConnection } from '../../database/index.ts';
import { appenderOf } from '../../log/index.ts';
import { seriesOf } from '../numbering.ts';
import { SqliteStorage } from '../storage/sqlite/sqlite-storage.ts';
import { assemble } from './batch-assembly.ts';
import {
  type CommitReply,
  type CommitRequest,
  type CommitThreadOptions,
  failureIn,
} from './commit-message.ts';

// The committing thread of a process: takes groups one after the other, answers each once it is on disk.

interface Opened {
  readonly database: Database;
  readonly storage: SqliteStorage;
  readonly organisation: string;
}

const vaults = new Map<number, Opened>();
const answer = (reply: CommitReply): void => parentPort?.postMessage(reply);

function open({ path, organisation, logOrigin, setUp }: CommitThreadOptions): Opened {
  const database = openConnection({ path });
  database.exec(setUp);
  return { database, storage: new SqliteStorage(database, appenderOf(database, logOrigin)), organisation };
}

function commit({ vault, group, auditKeys }: Extract<CommitRequest, { kind: 'commit' }>): number {
  const opened = vaults.get(vault);
  if (opened === undefined) throw new Error('a group is committed to a vault that was opened');
  const keyOf = (entry: number): Uint8Array => {
    const key = auditKeys.get(seriesOf(entry));
    if (key === undefined) throw new Error('a group brings the audit keys of its entries');
    return key;
  };
  return opened.storage.commit(assemble(group, keyOf, opened.organisation));
}

const work = {
  open({ vault, options }: Extract<CommitRequest, { kind: 'open' }>): void {
    try {
      vaults.set(vault, open(options));
    } catch (error) {
      answer({ vault, kind: 'not-opened', ...failureIn(error) });
    }
  },
  commit(request: Extract<CommitRequest, { kind: 'commit' }>): void {
    const { vault } = request;
    try {
      answer({ vault, kind: 'committed', leaf: commit(request) });
    } catch (error) {
      answer({ vault, kind: 'refused', ...failureIn(error) });
    }
  },
  close({ vault }: Extract<CommitRequest, { kind: 'close' }>): void {
    vaults.get(vault)?.database.close();
    vaults.delete(vault);
    answer({ vault, kind: 'closed' });
  },
};

parentPort?.on('message', (request: CommitRequest) => {
  if (request.kind === 'open') work.open(request);
  else if (request.kind === 'commit') work.commit(request);
  else if (request.kind === 'close') work.close(request);
  else parentPort?.close();
});
