import type { ImportProgress } from './import-progress.ts';
import { type Refused, refusal } from './import-report.ts';
import type { SourceFile } from './source-file.ts';
import { entryName, type Unit } from './unit.ts';
import { type RefusalIssue, UNRESOLVED, type UnitAnswer } from './unit-answer.ts';

/** A reference by search criteria (FHIR R4 §transaction): it may name something that comes later. */
const CONDITIONAL = /"reference"\s*:\s*"[A-Z][A-Za-z]+\?/;

/** A unit that is sent again when everything else was read. */
interface Deferred {
  /** What an earlier attempt stored of it: a batch is stored entry by entry. */
  readonly stored: number;
  /** Why it is refused if nothing changes; empty while it was not even tried. */
  readonly refused: readonly Refused[];
}

/** Running sums over all files. */
export interface ImportTotals {
  stored: number;
  unchanged: number;
  refused: number;
}

/** How far one file is imported. */
export class FileImport {
  readonly source: SourceFile;
  readonly refused: Refused[] = [];
  isSkipped = false;
  readonly #deferred = new Map<number, Deferred>();
  readonly #progress: ImportProgress;
  readonly #totals: ImportTotals;
  #stored = 0;
  #unchanged = 0;
  #pending = 0;
  #isRead = false;
  #isHolding = false;

  constructor(source: SourceFile, progress: ImportProgress, totals: ImportTotals) {
    this.source = source;
    this.#progress = progress;
    this.#totals = totals;
  }

  /** Lines to be sent again. */
  get deferred(): number {
    return this.#deferred.size;
  }

  /** Whether a line is among them. */
  isDeferred(line: number): boolean {
    return this.#deferred.has(line);
  }

  /**
   * Puts a unit off without trying it: when one of the file could not be resolved, the next ones with such references
   * would not either.
   */
  putOff({ line, text }: Unit): boolean {
    if (!this.#isHolding || !CONDITIONAL.test(text)) return false;
    this.#deferred.set(line, { stored: 0, refused: [] });
    return true;
  }

  /** Refuses a unit that was not sent. */
  refuse({ line }: Unit, issue: RefusalIssue): void {
    this.#count(0, 0, [refusal({ file: this.source.path, line, resource: '' }, [issue])]);
  }

  begin(): void {
    this.#pending += 1;
  }

  /** Takes the answer to a unit. */
  settle(unit: Unit, name: string, answer: UnitAnswer): void {
    this.#pending -= 1;
    const { line } = unit;
    const earlier = this.#deferred.get(line);
    this.#deferred.delete(line);
    const refused = this.#refusals(unit, name, answer);
    const stored = (earlier?.stored ?? 0) + (answer.kind === 'done' ? answer.stored : 0);
    if (refused.some(({ rule }) => rule === UNRESOLVED)) {
      this.#isHolding = true;
      this.#deferred.set(line, { stored, refused });
      return;
    }
    const unchanged = answer.kind === 'done' ? answer.unchanged - (earlier?.stored ?? 0) : 0;
    this.#count(stored, unchanged, refused);
    this.#finishIfDone();
  }

  /** Everything in the file was looked at once. */
  read(): void {
    this.#isRead = true;
    this.#finishIfDone();
  }

  /** Nothing that came later has helped: what was put off is refused. */
  giveUp(): void {
    for (const { stored, refused } of this.#deferred.values()) this.#count(stored, 0, refused);
    this.#deferred.clear();
    this.refused.sort((a, b) => a.line - b.line);
  }

  #count(stored: number, unchanged: number, refused: readonly Refused[]): void {
    this.#stored += stored;
    this.#unchanged += unchanged;
    this.refused.push(...refused);
    this.#totals.stored += stored;
    this.#totals.unchanged += unchanged;
    this.#totals.refused += refused.length;
  }

  #refusals(unit: Unit, name: string, answer: UnitAnswer): Refused[] {
    const { file, line } = unit;
    if (answer.kind === 'refused') return [refusal({ file, line, resource: name }, answer.issues)];
    return answer.refused.map(({ entry, issues }) => {
      const first = refusal({ file, line, resource: entryName(unit, entry) }, issues);
      return {
        ...first,
        element: `Bundle.entry[${entry}]${first.element === '' ? '' : `: ${first.element}`}`,
      };
    });
  }

  /** A file with refusals is read again by the next run, so that its report names them too. */
  #finishIfDone(): void {
    if (
      !this.#isRead ||
      this.#pending > 0 ||
      this.#deferred.size > 0 ||
      this.refused.length > 0 ||
      this.isSkipped
    )
      return;
    this.#progress.finish(this.source.fingerprint, { stored: this.#stored, unchanged: this.#unchanged });
  }
}
