import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const root = join(import.meta.dirname, '..', '..');

/** What would let a title stand there without its test being run. */
const SWITCHED_OFF = /\.(skip|todo|fails)\b(?!If)/;

/** A title with `…` where a value stands that is known only when it runs. */
const withoutValues = ({ head, templateSpans }: ts.TemplateExpression): string =>
  `${head.text}${templateSpans.map(({ literal }) => `…${literal.text}`).join('')}`;

/** Titles of the tests of a file and of what groups them, as they are written there; those of tests that are switched off left out. */
export function titlesOf(path: string): Set<string> {
  const tree = ts.createSourceFile(
    path,
    readFileSync(join(root, path), 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  );
  const titles = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) {
      const [title] = node.arguments;
      const called = node.expression.getText(tree);
      if (title !== undefined && /^(test|describe)\b/.test(called) && !SWITCHED_OFF.test(called)) {
        if (ts.isStringLiteralLike(title)) titles.add(title.text);
        else if (ts.isTemplateExpression(title)) titles.add(withoutValues(title));
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return titles;
}
