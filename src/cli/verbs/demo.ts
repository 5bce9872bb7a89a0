import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { folderConfiguration } from '../../node/index.ts';
import { findCast } from '../demo/cast.ts';
import { account, beforeTheGrant, grant, read, refused, revoke } from '../demo/consent-scenes.ts';
import { type Consortium, ownConsortium } from '../demo/consortium.ts';
import { DemoHttp } from '../demo/demo-http.ts';
import { Narrator } from '../demo/narrator.ts';
import { tamperAndFind, verify } from '../demo/proof-scenes.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import type { Output } from '../output.ts';
import { askedToStop } from '../signals.ts';

/** Options of `holdfast demo`. */
export interface DemoOptions {
  readonly url?: string;
  readonly data?: string;
  readonly keep?: string;
}

/** A demo that runs already: its data is copied only when its folder is named. */
function runningConsortium(url: string, data: string | undefined): Consortium {
  const configuration = data === undefined ? undefined : folderConfiguration(resolve(data), process.env);
  return { url, configuration, close: async () => undefined };
}

/** `holdfast demo`: the story of one consent, over public HTTP only. Exit code 1 when something came out otherwise. */
export async function demo({ url, data, keep }: DemoOptions, output: Output): Promise<ExitCode> {
  const startedMs = performance.now();
  const narrator = new Narrator(output);
  output.line('A story about one consent. Everybody in it is invented.');
  const onProgress = (what: string) => narrator.progress(`preparing four organisations: ${what}`);
  const consortium = url === undefined ? await ownConsortium(onProgress) : runningConsortium(url, data);
  const folder = keep === undefined ? mkdtempSync(join(tmpdir(), 'holdfast-proofs-')) : resolve(keep);
  const scratch = mkdtempSync(join(tmpdir(), 'holdfast-copy-'));
  const removeScratch = (): void => rmSync(scratch, { recursive: true, force: true });
  process.once('exit', removeScratch);
  void askedToStop().then(() => process.exit(EXIT.unavailable));
  try {
    const http = new DemoHttp(consortium.url);
    const stage = { http, narrator, cast: await findCast(http) };
    await beforeTheGrant(stage);
    const consent = await grant(stage, new Date());
    const { items } = await read(stage);
    await account(stage);
    await revoke(stage, consent);
    await refused(stage);
    await verify(stage, items, folder, new Date());
    if (consortium.configuration === undefined)
      narrator.say('Name the data folder with --data to see a copy of it tampered with.');
    else await tamperAndFind(narrator, consortium.configuration, scratch);
  } finally {
    await consortium.close();
    removeScratch();
  }
  const seconds = Math.round((performance.now() - startedMs) / 100) / 10;
  output.line('');
  output.line(
    `${narrator.ok ? 'That is the whole promise' : 'Something came out otherwise than promised'}, in ${seconds} s. Receipts and policy are kept in ${folder}`,
  );
  output.result({ ok: narrator.ok, seconds, folder, steps: narrator.steps });
  return narrator.ok ? EXIT.done : EXIT.found;
}
