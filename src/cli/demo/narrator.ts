import type { Output } from '../output.ts';

/** One step of the story, for scripts. */
export interface Step {
  readonly step: string;
  readonly ok: boolean;
  readonly [detail: string]: unknown;
}

const WIDTH = 100; // a terminal's

/** Tells the story step by step, and remembers what happened. */
export class Narrator {
  readonly steps: Step[] = [];
  readonly #output: Output;

  constructor(output: Output) {
    this.#output = output;
  }

  /** A sentence or two of explanation. */
  say(text: string): void {
    for (const line of wrap(text)) this.#output.line(`   ${line}`);
  }

  /** A command to copy: in one line. */
  command(text: string): void {
    this.#output.line(`   $ ${text}`);
  }

  /** A step that happened, and what it proves. */
  step(
    step: string,
    title: string,
    result: { readonly ok: boolean; readonly [detail: string]: unknown },
  ): void {
    this.steps.push({ step, ...result });
    this.#output.line('');
    this.#output.line(`${result.ok ? '✓' : '✗'} ${this.steps.length}. ${title}`);
  }

  /** What is going on, while it takes time. */
  progress(text: string): void {
    this.#output.progress(text);
  }

  get ok(): boolean {
    return this.steps.every(({ ok }) => ok);
  }
}

function wrap(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line === undefined || line.length + word.length + 1 > WIDTH) lines.push(word);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines;
}
