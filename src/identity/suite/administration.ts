import { APP_URL, App, addPeople, PASSWORD, PUBLIC_URL } from './app.ts';
import { type SuiteNode, startNode } from './identity-node.ts';

/** Several passwords are hashed, on a busy machine. */
export const SETUP_MS = 60_000; // two seconds on an idle one
/** What an administrator asks for at the portal. */
export const ADMINISTRATION = 'openid administration user/*.cruds';

/** A server with the suites' people, a second administrator `vera`, and the app `configured`. */
export async function startAdministered(): Promise<SuiteNode> {
  const node = await startNode({
    publicUrl: PUBLIC_URL,
    clients: [
      {
        id: 'configured',
        redirectUris: [APP_URL],
        scope: 'patient/*.rs user/*.cruds',
        purposes: ['HOPERAT'],
      },
    ],
  });
  await addPeople(node.mary);
  await addPeople(node.lakeside);
  const { directory } = node.mary.signIn;
  const second = directory.add({ login: 'vera', name: 'Vera Vice', roles: ['administrator'] });
  await directory.setPassword(second.id, PASSWORD);
  return node;
}

/** The portal of st-mary. */
export const portalOf = (node: SuiteNode): App =>
  new App(node, node.mary, 'portal', `${PUBLIC_URL}/signed-in`);

/** A token that somebody has at the portal. */
export async function portalToken(node: SuiteNode, login: string, scope = ADMINISTRATION): Promise<string> {
  return String((await portalOf(node).launch(scope, login)).access_token);
}
