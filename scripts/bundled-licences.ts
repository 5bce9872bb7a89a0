import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The folder of the package that a bundled module comes from; undefined for our own. */
function packageFolder(moduleId: string): string | undefined {
  const [path = ''] = moduleId.replaceAll('\\', '/').replace(/^\0/, '').split('?');
  return /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1];
}

function licenceOf(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
    license: string;
  };
  const file = readdirSync(folder).find((each) => /^licen[cs]e(\.\w+)?$/i.test(each));
  const words = file === undefined ? '' : `\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
  return `${name} ${version} (${license})\n${words}`;
}

/** Text with the licence of every package that the modules of a bundle come from, sorted by package. */
export function bundledLicences(moduleIds: readonly string[]): string {
  const folders = new Set(moduleIds.map(packageFolder).filter((folder) => folder !== undefined));
  const known = [...folders].filter((folder) => existsSync(join(folder, 'package.json'))).map(licenceOf);
  const rule = `\n${'-'.repeat(80)}\n\n`;
  return `The portal contains code of these packages.\n${rule}${known.sort().join(rule)}`;
}
