import { loadDefinitions } from '../definitions/definitions.ts';
import type { TypeSchema } from '../definitions/schema.ts';
import { itemSpans, memberSpans } from '../json/canonical-span.ts';
import { type Issue, RULES } from './issue.ts';

/** Any number with a fraction or an exponent; most resources have none of these, or few. */
const NOT_AN_INTEGER = /\d(?:\.\d|[eE][-+\d])/;
const INTEGER = /^-?\d+$/;
const INTEGER_TYPES = new Set(['integer', 'positiveInt', 'unsignedInt']);

/**
 * Integers written as decimals in the canonical text of a resource: `1.0` and `1e2` are whole numbers to JavaScript and
 * no integers to R4, and the digits received are what is kept.
 */
export function integerFormIssues(text: string): Issue[] {
  const issues: Issue[] = [];
  if (NOT_AN_INTEGER.test(text)) visitResource(text, 0, '', issues);
  return issues;
}

function visitResource(text: string, at: number, path: string, issues: Issue[]): void {
  const span = memberSpans(text, at).find(({ name }) => name === 'resourceType');
  const type =
    span === undefined
      ? undefined
      : loadDefinitions().types.get(text.slice(span.valueStart + 1, span.end - 1));
  if (type?.sort === 'resource') visitObject(text, at, type, path === '' ? type.name : path, issues);
}

function visitObject(text: string, at: number, type: TypeSchema, path: string, issues: Issue[]): void {
  for (const { name, valueStart, end } of memberSpans(text, at)) {
    const element = type.elements.get(name);
    if (element === undefined) continue;
    const below = `${path}.${name}`;
    if (text[valueStart] !== '[') visitValue(text, valueStart, end, element.type, below, issues);
    else {
      itemSpans(text, valueStart).forEach((item, index) => {
        visitValue(text, item.start, item.end, element.type, `${below}[${index}]`, issues);
      });
    }
  }
}

function visitValue(
  text: string,
  start: number,
  end: number,
  type: TypeSchema,
  path: string,
  issues: Issue[],
): void {
  if (text[start] === '{') {
    if (type.name === 'Resource') visitResource(text, start, path, issues);
    else visitObject(text, start, type, path, issues);
  } else if (
    INTEGER_TYPES.has(type.name) &&
    /^[-\d]/.test(text[start] ?? '') &&
    !INTEGER.test(text.slice(start, end))
  ) {
    issues.push({
      severity: 'error',
      ...RULES.integerForm,
      expression: path,
      message: `${path} is written as a decimal`,
    });
  }
}
