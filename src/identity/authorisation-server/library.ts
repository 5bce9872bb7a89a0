/** The OpenID Connect library, loaded when a server is composed: the other verbs of the command line do without it. */
export async function loadLibrary(): Promise<typeof import('oidc-provider')> {
  // It greets every Node release without an LTS name with a warning on the console; this release is the one tested here.
  const { warn } = console;
  console.warn = (...text: unknown[]) => {
    if (!String(text[0]).includes('Unsupported runtime')) warn(...text);
  };
  try {
    return await import('oidc-provider');
  } finally {
    console.warn = warn;
  }
}

/** The errors of the library, each of which it answers as the RFC that names it says. */
export type OAuthErrors = typeof import('oidc-provider').errors;
