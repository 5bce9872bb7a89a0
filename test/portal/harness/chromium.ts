import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright';
import { describe } from 'vitest';

const executablePath = [
  process.env.HOLDFAST_CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => path !== undefined && existsSync(path));

if (executablePath === undefined && process.env.CI === 'true') throw new Error('There is no Chromium.');
if (executablePath === undefined) console.warn('Skipped: there is no Chromium (set HOLDFAST_CHROMIUM).');

/** `describe` for what needs Chromium: skipped, and said so, where there is none; with CI=true that fails. */
export const describeInChromium = describe.skipIf(executablePath === undefined);

/** Starts the Chromium of this machine. */
export function launchChromium(): Promise<Browser> {
  if (executablePath === undefined) throw new Error('There is no Chromium.');
  return chromium.launch({ executablePath });
}

/** A telephone that is held upright, and a small laptop. */
export const SCREENS = {
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
  desktop: { viewport: { width: 1280, height: 800 } },
} satisfies Record<string, BrowserContextOptions>;

/** A page of its own browser context, and what it did that it should not. */
export interface WatchedPage {
  readonly page: Page;
  /** Errors and warnings of the console, faults, and requests to other hosts than the node. */
  readonly complaints: string[];
  close(): Promise<void>;
}

/** Opens a page that is watched from its first request on. */
export async function openPage(
  browser: Browser,
  origin: string,
  options: BrowserContextOptions = SCREENS.desktop,
): Promise<WatchedPage> {
  const context = await browser.newContext({ baseURL: origin, reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning')
      complaints.push(`console ${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`fault: ${error.message}`));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.origin !== origin && url.protocol !== 'blob:' && url.protocol !== 'data:')
      complaints.push(`request to ${url.origin}`);
  });
  return { page, complaints, close: () => context.close() };
}
