import type { Browser, CDPSession, Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeInChromium, launchChromium } from '../portal/harness/chromium.ts';
import {
  type Clinic,
  goToSignIn,
  PASSWORD,
  setPassword,
  signInAtPortal,
  startClinic,
} from './harness/clinic.ts';

/** Starting a clinic and signing in on a busy machine. */
const SETUP_MS = 480_000;

let clinic: Clinic;
let browser: Browser;
beforeAll(async () => {
  clinic = await startClinic();
  browser = await launchChromium();
  await setPassword(browser, clinic.administratorLink);
}, SETUP_MS);
afterAll(async () => {
  await browser?.close();
  await clinic?.node.stop();
});

/** A device of Chromium's own making, which shows whose finger it saw (WebAuthn Level 3 §11, virtual authenticators). */
async function plugIn(page: Page): Promise<{ device: CDPSession; id: string }> {
  const device = await page.context().newCDPSession(page);
  await device.send('WebAuthn.enable');
  const { authenticatorId: id } = await device.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return { device, id };
}

async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign out?' }).waitFor();
  await page.getByRole('button', { name: 'Sign out', exact: true }).click();
  await page.getByRole('heading', { name: 'You are signed out' }).waitFor();
}

describeInChromium('a passkey', () => {
  let page: Page;
  let plugged: { device: CDPSession; id: string };

  test(
    'is made on the account page by somebody who signed in',
    async () => {
      page = await signInAtPortal(browser, clinic, 'root');
      plugged = await plugIn(page);
      await page.getByRole('link', { name: 'Apps and passkeys' }).click();
      await page.getByText('You have no passkey yet.').waitFor();
      await page.getByLabel('Name of this device').fill('Work laptop');
      await page.getByLabel('Your password').fill(PASSWORD);
      await page.getByRole('button', { name: 'Make a passkey' }).click();
      await page.getByRole('button', { name: 'Remove Work laptop' }).waitFor();
      const { credentials } = await plugged.device.send('WebAuthn.getCredentials', {
        authenticatorId: plugged.id,
      });
      expect(credentials).toMatchObject([{ isResidentCredential: true, rpId: 'localhost' }]);
    },
    SETUP_MS,
  );

  test(
    'signs its owner in without login or password',
    async () => {
      await signOut(page);
      await goToSignIn(page, clinic);
      await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
      await page.getByRole('heading', { name: 'Administration' }).waitFor();
    },
    SETUP_MS,
  );

  test(
    'of which a copy exists is refused: its counter does not grow',
    async () => {
      const { credentials } = await plugged.device.send('WebAuthn.getCredentials', {
        authenticatorId: plugged.id,
      });
      await signOut(page);
      await plugged.device.send('WebAuthn.clearCredentials', { authenticatorId: plugged.id });
      for (const credential of credentials)
        await plugged.device.send('WebAuthn.addCredential', {
          authenticatorId: plugged.id,
          credential: { ...credential, signCount: 0 },
        });
      await goToSignIn(page, clinic);
      await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
      await page.getByText('This passkey is not known here').waitFor();
      await plugged.device.send('WebAuthn.clearCredentials', { authenticatorId: plugged.id });
      for (const credential of credentials)
        await plugged.device.send('WebAuthn.addCredential', {
          authenticatorId: plugged.id,
          credential: { ...credential, signCount: credential.signCount + 10 },
        });
      await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
      await page.getByRole('heading', { name: 'Administration' }).waitFor();
    },
    SETUP_MS,
  );

  test(
    'that was removed signs nobody in',
    async () => {
      await page.getByRole('link', { name: 'Apps and passkeys' }).click();
      await page.getByRole('button', { name: 'Remove Work laptop' }).click();
      await page.getByText('You have no passkey yet.').waitFor();
      await signOut(page);
      await goToSignIn(page, clinic);
      await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
      await page.getByText('This passkey is not known here').waitFor();
    },
    SETUP_MS,
  );
});
