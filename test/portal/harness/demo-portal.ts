import type { Browser, BrowserContextOptions } from 'playwright';
import { afterAll, beforeAll } from 'vitest';
import { type Persona, personas } from '../../journeys/harness/demo.ts';
import { type RunningNode, type StartOptions, startNode } from '../../journeys/harness/running-node.ts';
import { launchChromium, openPage, type WatchedPage } from './chromium.ts';

/** A node and a browser that start on a busy machine. */
export const SETUP_MS = 240_000;

/** A demo's portal, and a browser to look at it with. */
export interface DemoPortal {
  readonly node: RunningNode;
  /** Opens a page of its own, watched from its first request on. */
  open(options?: BrowserContextOptions): Promise<WatchedPage>;
  /** The demo's people. */
  people(): Promise<Persona[]>;
  /** Somebody of an organisation in a role; throws when there is nobody. */
  personaOf(role: string, organisation: string): Promise<Persona>;
}

/** A demo's portal for the tests of the describing block that asks for it: there from before the first until after the last of them. */
export function demoPortal(options: StartOptions = {}): DemoPortal {
  let node: RunningNode | undefined;
  let browser: Browser | undefined;
  beforeAll(async () => {
    const starting = startNode({ startupTimeoutMs: SETUP_MS, ...options });
    [node, browser] = await Promise.all([starting, launchChromium()]);
  }, SETUP_MS);
  afterAll(async () => {
    await browser?.close();
    await node?.stop();
  });
  const started = <T>(part: T | undefined): T => {
    if (part === undefined) throw new Error('the portal is there from the first hook on');
    return part;
  };
  return {
    get node() {
      return started(node);
    },
    open: (screen) => openPage(started(browser), started(node).url, screen),
    people: () => personas(started(node)),
    async personaOf(role, organisation) {
      const everybody = await personas(started(node));
      const found = everybody.find((each) => each.role === role && each.organisation === organisation);
      if (found === undefined) throw new Error(`the demo has no ${role} at ${organisation}`);
      return found;
    },
  };
}
