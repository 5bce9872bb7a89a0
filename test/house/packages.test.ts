import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

interface Manifest {
  dependencies: Record<string, string>;
  optionalDependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  allowScripts: Record<string, boolean>;
}
interface LockedPackage {
  license?: string;
  resolved?: string;
  integrity?: string;
  link?: boolean;
  hasInstallScript?: boolean;
}

const manifest = JSON.parse(read('package.json')) as Manifest;
const lock = JSON.parse(read('package-lock.json')) as { packages: Record<string, LockedPackage> };
const locked = Object.entries(lock.packages).filter(([path]) => path !== '');
const direct = { ...manifest.dependencies, ...manifest.optionalDependencies, ...manifest.devDependencies };

/** What the product may stand on: nothing that would reach into its own licence. */
const LICENCES =
  /^\(?(MIT|MIT-0|Apache-2\.0|ISC|0BSD|BSD-[23]-Clause|BlueOak-1\.0\.0|CC0-1\.0|Unlicense|MPL-2\.0)\b/;

/** Not imported and yet needed, each for the reason given. */
const UNIMPORTED: Record<string, string> = {
  '@biomejs/biome': 'formats and lints from the command line',
  oxlint: 'finds floating promises from the command line',
  'oxlint-tsgolint': 'gives oxlint its types',
  'dependency-cruiser': 'checks the room rules as a process of its own',
  'typescript-7': 'checks types from the command line',
};

const sources = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|tsx|js|cjs)$/.test(name) && !/(^|\/)(dist|node_modules)\//.test(name))
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`);

const files = [
  ...['src', 'web/src', 'test', 'bench', 'scripts', 'bin'].flatMap(sources),
  'web/vite.config.ts',
  'vitest.config.ts',
];

const packageOf = (specifier: string): string | undefined =>
  specifier.startsWith('.') || isBuiltin(specifier)
    ? undefined
    : /^(@[^/]+\/[^/]+|[^/]+)/.exec(specifier)?.[1];

interface Import {
  file: string;
  name: string;
  typeOnly: boolean;
}

function importsOf(file: string): Import[] {
  const tree = ts.createSourceFile(file, read(file), ts.ScriptTarget.Latest, true);
  const found: Import[] = [];
  const add = (specifier: ts.Node | undefined, typeOnly: boolean) => {
    const name = specifier && ts.isStringLiteral(specifier) ? packageOf(specifier.text) : undefined;
    if (name !== undefined) found.push({ file, name, typeOnly });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, node.importClause?.isTypeOnly === true);
    if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, true);
    const resolves = /^(import|require|import\.meta\.resolve|require\.resolve)$/;
    if (ts.isCallExpression(node) && resolves.test(node.expression.getText(tree)))
      add(node.arguments[0], false);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

const imports = files.flatMap(importsOf);
/** Runs as a process of its own, from one bundle that holds what it imports (scripts/chaincode.ts). */
const BUNDLED = 'src/ledger/fabric/chaincode/serve.ts';
const isTest = (file: string) => /\.test\.tsx?$/.test(file) || file.includes('/suite/');
const served = imports.filter(
  ({ file, typeOnly }) => /^(src|bin)\//.test(file) && !isTest(file) && file !== BUNDLED && !typeOnly,
);

describe('packages', () => {
  test('every import is declared', () => {
    const undeclared = imports.filter(({ name }) => !(name in direct));
    expect(undeclared.map(({ file, name }) => `${file} imports ${name}`)).toEqual([]);
  });

  test('what the server imports is installed with the package', () => {
    const lost = served.filter(({ name }) => !(name in manifest.dependencies));
    expect(lost.map(({ file, name }) => `${file} imports ${name}`)).toEqual([]);
  });

  test('what is installed with the package is imported by the server', () => {
    const names = new Set(served.map(({ name }) => name));
    expect(Object.keys(manifest.dependencies).filter((name) => !names.has(name))).toEqual([]);
  });

  test('what is installed for development is used', () => {
    const names = new Set(imports.map(({ name }) => name));
    const text = files.filter(isTest).map(read).join('\n');
    const unused = Object.keys(manifest.devDependencies).filter(
      (name) =>
        !names.has(name) &&
        !(name in UNIMPORTED) &&
        !(name.startsWith('@types/') && (name === '@types/node' || name.slice('@types/'.length) in direct)) &&
        !text.includes(name),
    );
    expect(unused).toEqual([]);
  });

  test('every version is exact', () => {
    const loose = Object.entries(direct).filter(
      ([, version]) => !/^(npm:[\w./@-]+@)?\d+\.\d+\.\d+$/.test(version),
    );
    expect(loose).toEqual([]);
  });

  test('every direct dependency is accounted for in its document', () => {
    const document = read('docs/dependencies.md');
    expect(Object.keys(direct).filter((name) => !document.includes(`\`${name}\``))).toEqual([]);
  });

  test('the lock names no registry, and every package in it has a digest', () => {
    expect(locked.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path)).toEqual([]);
    expect(locked.filter(([, { integrity }]) => integrity === undefined).map(([path]) => path)).toEqual([]);
  });

  test('no package runs a script when it is installed: those that have one are refused it by name', () => {
    const refused = Object.entries(manifest.allowScripts).flatMap(([name, allowed]) => (allowed ? [] : name));
    const others = locked
      .filter(([, { hasInstallScript }]) => hasInstallScript === true)
      .map(([path]) => path.split('node_modules/').at(-1) ?? path)
      .filter((name) => !refused.includes(name));
    expect(others).toEqual([]);
    expect(Object.values(manifest.allowScripts).filter((allowed) => allowed)).toEqual([]);
  });

  test('every package has a licence that allows its use', () => {
    const others = locked.filter(([, { license }]) => license === undefined || !LICENCES.test(license));
    expect(others.map(([path, { license }]) => `${path}: ${license}`)).toEqual([]);
  });
});
