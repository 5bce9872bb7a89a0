import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

const files = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' }).filter(
  (name) => name.endsWith('.ts') && !name.endsWith('.test.ts'),
);
const sourceOf = (name: string) =>
  ts.createSourceFile(
    name,
    readFileSync(join(import.meta.dirname, name), 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  );

/** What one platform has and the other lacks, and what would make the room impure. */
const FOREIGN = new Set([
  'process',
  'Buffer',
  'global',
  'require',
  '__dirname',
  '__filename',
  'setImmediate',
  'window',
  'document',
  'localStorage',
  'fetch',
  'crypto',
  'performance',
  'console',
  'setTimeout',
]);
const IMPURE = ['Date.now', 'Math.random'];
const ALLOWED_PACKAGES = /^@(noble\/(curves|hashes)|scure\/bip39)\//;

function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
}

/** True for an identifier that is looked up, not one that names a member or a property. */
function isReference(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  return (
    !(ts.isPropertyAssignment(parent) && parent.name === node) &&
    !ts.isPropertySignature(parent) &&
    !ts.isMethodSignature(parent)
  );
}

describe('the room runs unchanged in a browser', () => {
  test('there is a room to look at', () => expect(files.length).toBeGreaterThan(30));

  test('it imports only itself and browser-safe packages', () => {
    const foreign: string[] = [];
    for (const name of files) {
      walk(sourceOf(name), (node) => {
        if (!ts.isImportDeclaration(node) && !ts.isExportDeclaration(node) && !ts.isCallExpression(node))
          return;
        if (ts.isCallExpression(node)) {
          if (node.expression.kind === ts.SyntaxKind.ImportKeyword) foreign.push(`${name}: dynamic import`);
          return;
        }
        const from =
          node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier) ? node.moduleSpecifier.text : './';
        if (
          !from.startsWith('./') &&
          !from.startsWith('../') &&
          !(ALLOWED_PACKAGES.test(from) || from === '@scure/bip39')
        ) {
          foreign.push(`${name}: ${from}`);
        }
      });
    }
    expect(foreign).toEqual([]);
  });

  test('it uses no global of one platform, no clock and no randomness', () => {
    const found: string[] = [];
    for (const name of files) {
      walk(sourceOf(name), (node) => {
        if (ts.isIdentifier(node) && FOREIGN.has(node.text) && isReference(node))
          found.push(`${name}: ${node.text}`);
        if (ts.isPropertyAccessExpression(node) && IMPURE.includes(node.getText()))
          found.push(`${name}: ${node.getText()}`);
        if (ts.isNewExpression(node) && node.expression.getText() === 'Date' && !node.arguments?.length)
          found.push(`${name}: new Date()`);
      });
    }
    expect(found).toEqual([]);
  });

  test('it loads and verifies where neither process nor Buffer exists', () => {
    const script = `
      const exit = process.exit.bind(process);
      for (const name of ['process', 'Buffer', 'require', 'global', 'setImmediate']) delete globalThis[name];
      const proof = await import(${JSON.stringify(new URL('./index.ts', import.meta.url).href)});
      const key = proof.derivePatientKey(new Uint8Array(32), { ledger: 'l', organisation: 'o', use: 'enrol', generation: 0 });
      const message = proof.utf8('m');
      const good = proof.verifyEd25519(key.publicKey, message, proof.signEd25519(key.privateKey, message));
      const refused = proof.verifyReceipt('{}', { policies: ['quorum none\\n'] });
      exit(good && refused.code === 'receipt-malformed' ? 0 : 1);`;
    execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  });
});
