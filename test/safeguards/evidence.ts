/**
 * A test, or a group of tests, that shows something: the path of its file and the title as it stands there, `path › title`. Titles of
 * tests over a table of cases hold their placeholders.
 */
export type Evidence = `${string}.ts › ${string}`;

/** The two parts of {@link Evidence}. */
export function partsOf(evidence: Evidence): { readonly file: string; readonly title: string } {
  const at = evidence.indexOf(' › ');
  return { file: evidence.slice(0, at), title: evidence.slice(at + ' › '.length) };
}
