import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** WCAG 2.2, levels A and AA, and what axe holds to be good practice beyond it. */
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Axe, where it was brought into the page. */
interface WithAxe {
  axe?: { run: (options: object) => Promise<AxeResults> };
}

/** What axe finds wrong on a page as it stands: rule, the element that breaks it, and why. */
export async function violations(page: Page): Promise<string[]> {
  // A page keeps it until it is loaded anew.
  if (await page.evaluate(() => (globalThis as WithAxe).axe === undefined)) await page.evaluate(axe);
  const { violations: found } = await page.evaluate(
    (values) =>
      (globalThis as unknown as Required<WithAxe>).axe.run({
        runOnly: { type: 'tag', values },
        resultTypes: ['violations'],
      }),
    RULES,
  );
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ html, any }) => `${id}: ${html.slice(0, 160)} ${any[0]?.message ?? ''}`),
  );
}
