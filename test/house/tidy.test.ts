import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

/** A file is one concept: longer ones hold several. */
const MAX_FILE_LINES = 250;
/** Tests, and what journeys are made of, read as tables of cases and may be longer. */
const MAX_TEST_LINES = 400;
/** Half of all files stay a screen and a half. */
const MAX_MEDIAN_LINES = 100;
/** A function fits a screen. */
const MAX_FUNCTION_LINES = 70;
/** Names that say nothing about the concept inside. */
const EMPTY_NAMES = /^(utils?|helpers?|common|manager|misc|types|stuff|lib)$/;
const UNFINISHED =
  /\b(?:TODO|FIXME|XXX|HACK)\b|(?:N|n)ot implemented|(?:F|f)or now\b|(?:S|s)implified|\b(?:S|s)tub\b/;

const root = join(import.meta.dirname, '..', '..');
const folders = ['src', 'web/src', 'bench', 'test', 'scripts'];

interface House {
  path: string;
  text: string;
  lines: number;
  /** What the product is made of; a room's suite, which its tests share; or a test. */
  kind: 'product' | 'suite' | 'test';
}

function kindOf(path: string): House['kind'] {
  if (/\.test\.tsx?$/.test(path) || path.startsWith('test/')) return 'test';
  return path.includes('/suite/') ? 'suite' : 'product';
}

const files: House[] = folders.flatMap((folder) => {
  let names: string[] = [];
  try {
    names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  } catch {
    return [];
  }
  return names
    .filter((name) => /\.tsx?$/.test(name) && !name.includes('node_modules') && !name.endsWith('.d.ts'))
    .map((name) => {
      const path = join(folder, name);
      const text = readFileSync(join(root, path), 'utf8');
      return { path, text, lines: text.split('\n').length - 1, kind: kindOf(path) };
    });
});
const product = files.filter(({ kind }) => kind === 'product');
/** Suites are kept like the product: they are read as often, and changed by more people. */
const kept = files.filter(({ kind }) => kind !== 'test');

function parse({ path, text }: House): ts.SourceFile {
  const kind = path.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  return ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, kind);
}
const trees = new Map(kept.map((file) => [file, parse(file)]));
const source = (file: House): ts.SourceFile => trees.get(file) ?? parse(file);

const lineOf = (file: ts.SourceFile, position: number) =>
  file.getLineAndCharacterOfPosition(position).line + 1;

/** Whether it lists cases, as a `describe` of a suite does: each of those is a function of its own. */
function listsCases(node: ts.Node): boolean {
  const isCase = (inner: ts.Node): boolean =>
    ts.isCallExpression(inner) && /^(describe|test)\b/.test(inner.expression.getText());
  const visit = (inner: ts.Node): boolean => isCase(inner) || ts.forEachChild(inner, visit) === true;
  return ts.forEachChild(node, visit) === true;
}

function longFunctions(file: House): string[] {
  const tree = source(file);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body !== undefined) {
      const lines = lineOf(tree, node.end) - lineOf(tree, node.getStart(tree)) + 1;
      if (lines > MAX_FUNCTION_LINES && !(file.kind === 'suite' && listsCases(node)))
        found.push(`${file.path}:${lineOf(tree, node.getStart(tree))} has ${lines} lines`);
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

function undocumentedExports(file: House): string[] {
  const tree = source(file);
  return tree.statements
    .filter(
      (node) =>
        ts.canHaveModifiers(node) &&
        ts.getModifiers(node)?.some((m) => m.kind === ts.SyntaxKind.ExportKeyword),
    )
    .filter(
      (node) =>
        ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node),
    )
    .filter((node) => ts.getJSDocCommentsAndTags(node).length === 0)
    .map((node) => `${file.path}:${lineOf(tree, node.getStart(tree))} has no docstring`);
}

/** Places that give up on types. */
function untyped(file: House): string[] {
  const tree = source(file);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (node.kind === ts.SyntaxKind.AnyKeyword || ts.isNonNullExpression(node))
      found.push(`${file.path}:${lineOf(tree, node.getStart(tree))}: ${node.parent.getText(tree)}`);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

/** UPPER_CASE numbers are limits or defaults: each carries its reason beside it. */
function unexplainedLimits(file: House): string[] {
  const lines = file.text.split('\n');
  return lines.flatMap((line, index) => {
    if (!/^\s*(export )?const [A-Z][A-Z0-9_]+(: \w+)? = [\d(]/.test(line)) return [];
    const explained = line.includes('//') || /(\*\/|\/\/.*|^\s*\*.*)\s*$/.test(lines[index - 1] ?? '');
    return explained ? [] : [`${file.path}:${index + 1} names a limit without its reason`];
  });
}

describe('tidy', () => {
  test('there are files to look at', () => expect(files.length).toBeGreaterThan(20));

  test('a file holds one concept', () => {
    const long = files.filter(
      (file) => file.lines > (file.kind === 'test' ? MAX_TEST_LINES : MAX_FILE_LINES),
    );
    expect(long.map((file) => `${file.path}: ${file.lines}`)).toEqual([]);
  });

  test('half of the files stay short', () => {
    const sorted = product.map((file) => file.lines).sort((a, b) => a - b);
    expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThan(MAX_MEDIAN_LINES);
  });

  test('a function fits a screen', () => expect(kept.flatMap(longFunctions)).toEqual([]));

  test('what is exported is documented', () => {
    expect(kept.filter((file) => file.path.startsWith('src')).flatMap(undocumentedExports)).toEqual([]);
  });

  test('types are kept to the end', () => expect(product.flatMap(untyped)).toEqual([]));

  test('every limit has its reason beside it', () => expect(kept.flatMap(unexplainedLimits)).toEqual([]));

  test('a file is named after its concept', () => {
    const empty = files.filter((file) =>
      file.path
        .replace(/\.\w+$/, '')
        .split('/')
        .some((part) => EMPTY_NAMES.test(part)),
    );
    expect(empty.map((file) => file.path)).toEqual([]);
  });

  test('nothing is left unfinished, and nothing is silenced', () => {
    const marked = files
      .filter((file) => !file.path.endsWith('tidy.test.ts'))
      .flatMap((file) =>
        file.text
          .split('\n')
          .flatMap((line, index) =>
            UNFINISHED.test(line) || /@ts-(ignore|nocheck)|\b(it|test|describe)\.(only|todo)\b/.test(line)
              ? [`${file.path}:${index + 1}: ${line.trim()}`]
              : [],
          ),
      );
    expect(marked).toEqual([]);
  });
});
