import { NodeError } from '../errors.ts';

/** Why something was refused: one issue of an OperationOutcome. */
export interface RefusalIssue {
  /** FHIRPath of the element at fault; empty when there is none. */
  readonly element: string;
  /** The stable code of the rule that it breaks. */
  readonly rule: string;
  readonly message: string;
}

/** What became of one unit. */
export type UnitAnswer =
  | {
      readonly kind: 'done';
      readonly stored: number;
      readonly unchanged: number;
      /** Entries of a batch that were refused, by their index. */
      readonly refused: readonly { readonly entry: number; readonly issues: readonly RefusalIssue[] }[];
    }
  | { readonly kind: 'refused'; readonly issues: readonly RefusalIssue[] };

/** Rule of a reference that names nothing yet: tried again once everything else was read. */
export const UNRESOLVED = 'reference-unresolved';

const NO_ROOM = 507; // RFC 4918 §11.5
const SERVER_TROUBLE = 500; // and above: nothing follows for the unit

interface Outcome {
  readonly issue?: readonly {
    readonly severity?: string;
    readonly diagnostics?: string;
    readonly expression?: readonly string[];
    readonly details?: { readonly coding?: readonly { readonly code?: string }[] };
  }[];
}

interface Parameters {
  readonly parameter?: readonly {
    readonly name: string;
    readonly valueInteger?: number;
    readonly part?: readonly {
      readonly name: string;
      readonly valueInteger?: number;
      readonly resource?: Outcome;
    }[];
  }[];
}

/** Whether a unit may be sent again as it is: the node was busy, or its ledger could not be asked. */
export function isTransient(status: number): boolean {
  return status === 503 || status === 429;
}

/** Reads the answer to `$import`. Throws NodeError `unavailable` when nothing more can be stored. */
export function readAnswer(status: number, body: string): UnitAnswer {
  if (status === NO_ROOM)
    throw new NodeError(
      'unavailable',
      'There is no room left to store more: make room and run the import again.',
    );
  const value = parsed(body);
  if (status === 200) return doneOf(value as Parameters);
  const issues = issuesOf(value as Outcome);
  if (issues.length > 0) return { kind: 'refused', issues };
  if (status >= SERVER_TROUBLE)
    throw new NodeError('unavailable', `The node answers ${status}: look into its log.`);
  return {
    kind: 'refused',
    issues: [{ element: '', rule: `http-${status}`, message: 'The node refused this without saying why.' }],
  };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body) ?? {};
  } catch {
    return {};
  }
}

function doneOf({ parameter = [] }: Parameters): UnitAnswer {
  const count = (name: string) => parameter.find((each) => each.name === name)?.valueInteger ?? 0;
  const refused = parameter.flatMap(({ name, part = [] }) => {
    if (name !== 'refused') return [];
    const entry = part.find((each) => each.name === 'entry')?.valueInteger ?? 0;
    return [{ entry, issues: issuesOf(part.find((each) => each.name === 'outcome')?.resource ?? {}) }];
  });
  return { kind: 'done', stored: count('stored'), unchanged: count('unchanged'), refused };
}

function issuesOf({ issue = [] }: Outcome): RefusalIssue[] {
  return issue
    .filter(({ severity }) => severity === 'error' || severity === 'fatal')
    .map(({ diagnostics = '', expression = [], details }) => {
      return {
        element: expression[0] ?? '',
        rule: details?.coding?.[0]?.code ?? 'unknown',
        message: diagnostics,
      };
    });
}
