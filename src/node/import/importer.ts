import { FileImport } from './file-import.ts';
import { ImportProgress } from './import-progress.ts';
import type { ImportReport } from './import-report.ts';
import type { ImportTarget } from './import-target.ts';
import { findSources } from './source-file.ts';
import { kindOf, type Unit, unitsOf } from './unit.ts';

/** Units on their way at one time: enough to share the target's commits, few enough to hold in memory at 40 MB each. */
const MAX_IN_FLIGHT = 8;
/** Rounds of references that lead to what a round before has stored: more than any data set chains. */
const MAX_ROUNDS = 32;

/** What to import, and how. */
export interface ImportRequest {
  readonly paths: readonly string[];
  readonly target: ImportTarget;
  /** Stores transaction and batch Bundles as resources, in place of executing them. */
  readonly storeBundles: boolean;
  readonly onProgress?: (what: string) => void;
  /** Stops after what is on its way. */
  readonly signal?: AbortSignal;
}

/**
 * Imports files (FORMATS §7). Resumable: equal content adds no version, and an interrupted import skips the files that it had
 * finished. Throws NodeError `input-unusable` or `unavailable`; what was stored stays.
 */
export async function importFiles(request: ImportRequest): Promise<ImportReport> {
  const run = new ImportRun(request);
  return run.report(await run.run());
}

class ImportRun {
  readonly #request: ImportRequest;
  readonly #progress: ImportProgress;
  readonly #files: FileImport[] = [];
  readonly #inFlight = new Set<Promise<void>>();
  readonly #totals = { stored: 0, unchanged: 0, refused: 0 };
  #resumed = 0;
  #failure: unknown;

  constructor(request: ImportRequest) {
    const { paths, target, storeBundles } = request;
    this.#request = request;
    this.#progress = new ImportProgress(target.progressFolder, { target: target.name, paths, storeBundles });
  }

  /** Reads everything, then what was put off, until nothing more helps. True when it came to its end. */
  async run(): Promise<boolean> {
    for (const source of findSources(this.#request.paths)) {
      const before = this.#progress.finished(source.fingerprint);
      if (before !== undefined) {
        this.#resumed += 1;
        this.#totals.stored += before.stored;
        this.#totals.unchanged += before.unchanged;
        continue;
      }
      const file = new FileImport(source, this.#progress, this.#totals);
      this.#files.push(file);
      if (!(await this.#readFirst(file))) return false;
    }
    await this.#settled();
    for (let round = 1; round <= MAX_ROUNDS; round += 1) {
      const before = this.#state();
      if (before.deferred === 0) break;
      for (const file of this.#files)
        if (file.deferred > 0 && !(await this.#readDeferred(file))) return false;
      await this.#settled();
      const now = this.#state();
      if (now.deferred === before.deferred && now.settled === before.settled) break;
    }
    for (const file of this.#files) file.giveUp();
    this.#progress.clear();
    return true;
  }

  report(complete: boolean): ImportReport {
    const { stored, unchanged } = this.#totals;
    const refused = this.#files.flatMap((file) => file.refused);
    const skipped = this.#files.flatMap(({ isSkipped, source }) =>
      isSkipped ? [{ file: source.path, reason: 'not-fhir' as const }] : [],
    );
    const read = stored + unchanged + refused.length;
    return { read, stored, unchanged, refused, skipped, resumed: this.#resumed, complete };
  }

  /** False when the import is to stop. */
  async #readFirst(file: FileImport): Promise<boolean> {
    let isFirst = true;
    for await (const unit of unitsOf(file.source)) {
      if (!(await this.#room())) return false;
      const found = kindOf(unit);
      if (found.kind === 'resource') {
        if (!file.putOff(unit)) this.#send(file, unit, found.name);
      } else if (isFirst && found.kind === 'not-a-resource' && !file.source.isNamed) {
        file.isSkipped = true;
        break;
      } else {
        const message =
          found.kind === 'not-json' ? 'This is not JSON.' : 'This is JSON and no FHIR resource.';
        file.refuse(unit, { element: '', rule: found.kind, message });
      }
      isFirst = false;
    }
    file.read();
    return true;
  }

  async #readDeferred(file: FileImport): Promise<boolean> {
    for await (const unit of unitsOf(file.source)) {
      if (!file.isDeferred(unit.line)) continue;
      if (!(await this.#room())) return false;
      const found = kindOf(unit);
      if (found.kind === 'resource') this.#send(file, unit, found.name);
    }
    return true;
  }

  /** Waits until another unit may be sent. False when none may be any more. Throws what a unit has failed with. */
  async #room(): Promise<boolean> {
    if (this.#failure === undefined && this.#inFlight.size >= MAX_IN_FLIGHT)
      await Promise.race(this.#inFlight);
    if (this.#failure === undefined && this.#request.signal?.aborted !== true) return true;
    await this.#settled();
    return false;
  }

  #send(file: FileImport, unit: Unit, name: string): void {
    const { target, storeBundles } = this.#request;
    file.begin();
    const sending = target
      .send(unit.text, { storeBundles })
      .then((answer) => {
        file.settle(unit, name, answer);
        this.#tell();
      })
      .catch((error: unknown) => {
        this.#failure ??= error;
      })
      .finally(() => this.#inFlight.delete(sending));
    this.#inFlight.add(sending);
  }

  async #settled(): Promise<void> {
    await Promise.all(this.#inFlight);
    if (this.#failure !== undefined) throw this.#failure;
  }

  #state(): { deferred: number; settled: number } {
    const deferred = this.#files.reduce((total, file) => total + file.deferred, 0);
    return { deferred, settled: this.#totals.stored + this.#totals.refused };
  }

  #tell(): void {
    const { stored, unchanged, refused } = this.#totals;
    this.#request.onProgress?.(
      `${stored} stored, ${unchanged} unchanged, ${refused} refused; file ${this.#files.length + this.#resumed}`,
    );
  }
}
