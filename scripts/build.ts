/**
 * `npm run build` makes what the package holds: `dist/src` (Node strips no types below `node_modules`) and `web/dist`.
 * `npm run build:web` makes the portal alone, and nothing when its sources have not changed since the last time.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { build } from 'vite';
import { bundledLicences } from './bundled-licences.ts';

const root = join(import.meta.dirname, '..');
const cache = join(root, '.cache');
const stamp = join(cache, 'portal-sha256');
const portal = join(root, 'web', 'dist');

/** Smaller files gain nothing: they fit a network packet as they are. */
const MIN_COMPRESSED_BYTES = 1_400; // what an Ethernet frame carries
const COMPRESSED = /\.(js|css|svg|html)$/;

const isTest = (path: string): boolean => /\.test\.tsx?$/.test(path) || /(^|\/)suite(\/|$)/.test(path);

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort();

/** SHA-256 over everything that the built portal depends on. */
function portalSources(): string {
  const files = [
    ...filesBelow(join(root, 'web')).filter((path) => !path.startsWith('web/dist/')),
    ...filesBelow(join(root, 'src', 'proof')).filter((path) => !isTest(path)),
    'package-lock.json',
    'scripts/build.ts',
    'scripts/bundled-licences.ts',
  ];
  const hash = createHash('sha256');
  for (const path of files) {
    const bytes = readFileSync(join(root, path));
    hash.update(`${path}\n${bytes.length}\n`).update(bytes);
  }
  return hash.digest('hex');
}

/** Compressed beside the original, once here instead of on every request. */
function compress(folder: string): void {
  for (const path of filesBelow(folder)) {
    const file = join(root, path);
    const bytes = readFileSync(file);
    if (!COMPRESSED.test(file) || bytes.length < MIN_COMPRESSED_BYTES) continue;
    writeFileSync(`${file}.br`, brotliCompressSync(bytes));
    writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
  }
}

async function buildPortal(): Promise<void> {
  const sources = portalSources();
  const built = existsSync(stamp) ? readFileSync(stamp, 'utf8').trim() : '';
  if (built === sources && existsSync(join(portal, 'index.html'))) return;
  process.stderr.write('Building the portal (once per change of its sources)…\n');
  // Built aside and moved: a node that runs meanwhile never serves half a portal.
  const outDir = join(cache, `portal-${process.pid}`);
  mkdirSync(cache, { recursive: true });
  const bundle = await build({
    configFile: join(root, 'web', 'vite.config.ts'),
    logLevel: 'warn',
    build: { outDir, emptyOutDir: true },
  });
  const outputs = [bundle].flat().flatMap((each) => ('output' in each ? each.output : []));
  const modules = outputs.flatMap((each) => (each.type === 'chunk' ? each.moduleIds : []));
  writeFileSync(join(outDir, 'licences.txt'), bundledLicences(modules));
  compress(outDir);
  rmSync(portal, { recursive: true, force: true });
  renameSync(outDir, portal);
  writeFileSync(stamp, `${sources}\n`);
}

function buildServer(): void {
  const target = join(root, 'dist');
  rmSync(target, { recursive: true, force: true });
  const compiler = join(root, 'node_modules', 'typescript-7', 'bin', 'tsc');
  const compiled = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (compiled.status !== 0) {
    process.stderr.write('The sources do not compile: see the lines above.\n');
    process.exit(1);
  }
  for (const path of filesBelow(join(root, 'src'))) {
    if (!path.endsWith('.ts') && !isTest(path)) cpSync(join(root, path), join(target, path));
  }
}

const [part] = process.argv.slice(2);
if (part !== undefined && part !== 'web') {
  process.stderr.write('usage: node scripts/build.ts [web]\n');
  process.exit(2);
}
await buildPortal();
if (part === undefined) buildServer();
