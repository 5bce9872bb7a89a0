import { join } from 'node:path';
import { build } from 'vite';

/** `judge-vectors.ts` with all of `src/proof` as one script for a browser, which then has `holdfast.judge`. */
export async function browserBundle(): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: 'silent',
    build: {
      write: false,
      lib: { entry: join(import.meta.dirname, 'judge-vectors.ts'), formats: ['iife'], name: 'holdfast' },
    },
  });
  const chunk = [result].flat().flatMap((each) => ('output' in each ? each.output : []))[0];
  if (chunk?.type !== 'chunk') throw new Error('the bundler made no script');
  return `${chunk.code};globalThis.holdfast = holdfast;`;
}
