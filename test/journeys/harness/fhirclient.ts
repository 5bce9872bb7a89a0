import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The version that the journey was written with. */
const VERSION = '2.6.3';
const INSTALL_TIMEOUT_MS = 300_000; // its dependencies are 300 MB
const folder = join(
  process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'),
  'holdfast',
  `fhirclient-${VERSION}`,
);
const installed = join(folder, 'node_modules', 'fhirclient');

/** The installed package, fetched once per machine and kept outside the checkout; undefined where it cannot be had. */
export function fhirclientFolder(): string | undefined {
  if (existsSync(join(installed, 'package.json'))) return installed;
  mkdirSync(folder, { recursive: true });
  const install = [
    'i',
    '--prefix',
    folder,
    '--no-save',
    '--no-audit',
    '--no-fund',
    '--ignore-scripts',
    '--legacy-peer-deps',
  ];
  try {
    execFileSync('npm', [...install, `fhirclient@${VERSION}`], {
      stdio: 'ignore',
      timeout: INSTALL_TIMEOUT_MS,
    });
  } catch (error) {
    if (process.env.CI === 'true') throw error;
    return undefined;
  }
  return installed;
}

/** The library as one script for a page. */
export function fhirclientScript(from: string): string {
  return readFileSync(join(from, 'build', 'fhir-client.js'), 'utf8');
}
