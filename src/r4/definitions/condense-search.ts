import type { CondensedSearchParameter } from './condensed.ts';

/** The part of a SearchParameter that is read here. */
export interface SearchParameterDefinition {
  readonly code: string;
  readonly url: string;
  readonly type: string;
  readonly base: readonly string[];
  readonly expression?: string;
  readonly description: string;
  readonly target?: readonly string[];
  readonly component?: readonly { readonly definition: string; readonly expression: string }[];
  readonly multipleOr?: boolean;
}

/** One search parameter of `r4.ndjson`: the expression and description of a shared parameter are split by type. */
export function condenseSearchParameter(parameter: SearchParameterDefinition): CondensedSearchParameter {
  const terms = splitUnion(parameter.expression ?? '');
  const expressions: Record<string, string> = {};
  const descriptions: Record<string, string> = {};
  for (const base of parameter.base) {
    // InsurancePlan's `name` is published without its type in front.
    const own = terms
      .map((term) => (/^[a-z]/.test(term) ? `${base}.${term}` : term))
      .filter((term) => new RegExp(`^\\(*${base}\\b`).test(term));
    expressions[base] = own.join(' | ');
    const line = new RegExp(`^\\* \\[${base}\\]\\([^)]*\\): (.*)$`, 'm').exec(parameter.description);
    descriptions[base] = (line?.[1] ?? parameter.description).trim();
  }
  return {
    kind: 'searchParameter',
    code: parameter.code,
    url: parameter.url,
    type: parameter.type,
    expressions,
    descriptions,
    ...(parameter.target === undefined ? {} : { targets: parameter.target }),
    ...(parameter.component === undefined
      ? {}
      : {
          components: parameter.component.map(({ definition, expression }) => ({ definition, expression })),
        }),
    ...(parameter.multipleOr === undefined ? {} : { multipleOr: parameter.multipleOr }),
  };
}

/** The terms of a FHIRPath union, split at each `|` outside parentheses and quotes. */
function splitUnion(expression: string): string[] {
  const terms: string[] = [];
  let depth = 0;
  let quoted = false;
  let from = 0;
  for (let i = 0; i < expression.length; i++) {
    const c = expression[i];
    if (c === "'") quoted = !quoted;
    else if (!quoted && c === '(') depth++;
    else if (!quoted && c === ')') depth--;
    else if (!quoted && depth === 0 && c === '|') {
      terms.push(expression.slice(from, i));
      from = i + 1;
    }
  }
  terms.push(expression.slice(from));
  return terms.map((term) => term.trim()).filter((term) => term !== '');
}
