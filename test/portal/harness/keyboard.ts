import type { Locator, Page } from 'playwright';
import type { Persona } from '../../journeys/harness/demo.ts';

/** Tab stops of the longest page: a whole record with a proof button on each line. */
const MAX_STOPS = 400;

type Role = Parameters<Page['getByRole']>[0];

/** Stops after which the page is asked again which of its elements are meant: it may have changed meanwhile. */
const STOPS_PER_LOOK = 20;

/** Where the page keeps the elements that are meant. */
interface Meant {
  meant?: WeakSet<Element>;
}

const isFocused = (target: Locator): Promise<boolean> =>
  target.evaluateAll((elements) => elements.some((element) => element === document.activeElement));

/** Has the page keep which elements are meant: to work out the role and name of everything on it at each stop would take most of a test's time. */
const remember = (target: Locator): Promise<void> =>
  target.evaluateAll((elements) => {
    (globalThis as Meant).meant = new WeakSet(elements);
  });

/** Whether what has the focus was meant when the page was last asked. */
const mayBeReached = (page: Page): Promise<boolean> =>
  page.evaluate(
    () =>
      document.activeElement !== null && (globalThis as Meant).meant?.has(document.activeElement) === true,
  );

/** Presses Tab until what has this role and name has the focus, as somebody without a mouse does. Rejects when it is never reached. */
export async function tabTo(page: Page, role: Role, name: string | RegExp): Promise<Locator> {
  const target = page.getByRole(role, { name, exact: true });
  await target.first().waitFor();
  for (let stop = 0; stop < MAX_STOPS; stop += 1) {
    if (stop % STOPS_PER_LOOK === 0) await remember(target);
    if ((await mayBeReached(page)) && (await isFocused(target))) return page.locator(':focus');
    await page.keyboard.press('Tab');
  }
  throw new Error(`the Tab key never reaches ${role} ${String(name)}`);
}

/** Goes there with the Tab key and presses Enter. */
export async function press(page: Page, role: Role, name: string | RegExp): Promise<void> {
  await tabTo(page, role, name);
  await page.keyboard.press('Enter');
}

/** Chooses an option of a list by typing the beginning of its name. */
export async function choose(page: Page, list: string, option: string): Promise<void> {
  const focused = await tabTo(page, 'combobox', list);
  await page.keyboard.type(option);
  const chosen = await focused.evaluate(
    (element) => (element as HTMLSelectElement).selectedOptions[0]?.label,
  );
  if (chosen !== option) throw new Error(`${list} is at ${String(chosen)}, not at ${option}`);
}

/** Goes to a page by the navigation, which a narrow screen keeps behind its menu button. */
export async function visit(page: Page, label: string): Promise<void> {
  const menu = page.getByRole('button', { name: 'Menu', exact: true });
  if (await menu.isVisible()) await press(page, 'button', 'Menu');
  await press(page, 'link', label);
}

/** Gives a file to a file input that is opened with the keyboard. */
export async function chooseFile(page: Page, label: string, path: string): Promise<void> {
  const opened = page.waitForEvent('filechooser');
  await press(page, 'button', label);
  await (await opened).setFiles(path);
}

/** Types into a field that the Tab key leads to, in place of what stands there. */
export async function type(page: Page, label: string, text: string): Promise<void> {
  await tabTo(page, 'textbox', label);
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type(text);
}

/** Signs in at the demo's first page. */
export async function signIn(page: Page, { name }: Pick<Persona, 'name'>): Promise<void> {
  await page.goto('/');
  await press(page, 'button', new RegExp(`^Sign in as ${name}`));
}
