import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A SMART app in pages: `/launch.html` for an EHR launch, `/standalone.html`, and `/index.html`, to which people return. */
export interface SmartApp {
  readonly url: string;
  close(): void;
}

/** Serves the app. `script` is the text of fhirclient. */
export async function startSmartApp(script: string, client: string, fhirBase: string): Promise<SmartApp> {
  const pages: Record<string, string> = {
    '/launch.html': page(
      `FHIR.oauth2.authorize({ clientId: '${client}', redirectUri: 'index.html', scope: 'launch openid fhirUser patient/*.rs' })`,
    ),
    '/standalone.html': page(
      `FHIR.oauth2.authorize({ iss: '${fhirBase}', clientId: '${client}', redirectUri: 'index.html', scope: 'launch/patient openid fhirUser offline_access patient/*.rs', pkceMode: 'required' })`,
    ),
    '/index.html': page(`FHIR.oauth2.ready().then(async (client) => {
      const patient = await client.patient.read();
      const observations = await client.patient.request('Observation');
      const before = client.state.tokenResponse.access_token;
      if (client.state.tokenResponse.refresh_token) await client.refresh();
      const again = await client.patient.read();
      show({
        patient: patient.name[0].family,
        again: again.id,
        observations: (observations.entry || []).length,
        fhirUser: client.getIdToken().fhirUser,
        encounter: client.encounter.id,
        refreshed: before !== client.state.tokenResponse.access_token,
        scope: client.state.tokenResponse.scope,
      });
    })`),
  };
  const server: Server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const text = pathname === '/fhir-client.js' ? script : pages[pathname];
    response.writeHead(text === undefined ? 404 : 200, {
      'content-type': pathname.endsWith('.js') ? 'text/javascript' : 'text/html; charset=utf-8',
    });
    response.end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}

function page(code: string): string {
  return `<!DOCTYPE html><html lang="en"><title>App</title><body><pre id="result"></pre><script src="fhir-client.js"></script>
<script>
const show = (value) => { document.getElementById('result').textContent = JSON.stringify(value); };
Promise.resolve(${code}).catch((error) => show({ error: String(error && error.message || error) }));
</script></body></html>`;
}
