import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Configuration,
  DEMO_PASSPHRASE,
  demoConfiguration,
  openDemo,
  parseConfiguration,
  startNode,
} from '../../node/index.ts';
import { freePort } from '../listening.ts';

/** People of a throw-away consortium: six of them have records at several organisations. */
const PATIENTS = 8; // ready in a few seconds
const ANCHOR_MS = 1_000; // everything is on the ledger before the story goes on
const PUBLISH_MS = 200; // receipts are there when they are asked for

/** A demo consortium to tell the story at. */
export interface Consortium {
  readonly url: string;
  /** Its data folder; undefined when only its address is known. */
  readonly configuration: Configuration | undefined;
  /** Stops and removes what was made for the story. */
  close(): Promise<void>;
}

/** A consortium of four organisations in a temporary folder, on a free port. */
export async function ownConsortium(onProgress: (what: string) => void): Promise<Consortium> {
  const data = mkdtempSync(join(tmpdir(), 'holdfast-demo-'));
  const remove = (): void => rmSync(data, { recursive: true, force: true });
  // Whatever ends the process, nothing is left behind.
  process.once('exit', remove);
  const { data: _data, ...file } = demoConfiguration(data, {});
  const port = await freePort(file.host);
  const given = { ...file, port, log: 'silent', anchorMs: ANCHOR_MS, publishMs: PUBLISH_MS };
  const configuration = parseConfiguration(given, data, {});
  openDemo(data, { patients: PATIENTS, now: new Date() });
  const node = await startNode({ configuration, passphrase: DEMO_PASSPHRASE, onProgress });
  const close = async (): Promise<void> => {
    await node.stop();
    remove();
    process.removeListener('exit', remove);
  };
  return { url: node.url, configuration, close };
}
