/**
 * Loaded before a node by `bench fhir-decision`, and nowhere else: at SIGUSR2 the consent decision is replaced by one that permits
 * everything, and at the next one put back. What the node does otherwise, gathering the facts of a resource and writing who saw it, it
 * does as ever.
 */
import { registerHooks } from 'node:module';

const DECISION = '/src/consent/decide.ts';

const SOURCE = `
import { decide as decideAsEver } from './decide.ts?as-ever';
import { Decision } from './decision.ts';
const PERMITTED = new Decision('organisation-policy', true, {});
let permits = false;
process.on('SIGUSR2', () => {
  permits = !permits;
  process.stderr.write(permits ? 'bench: every decision permits\\n' : 'bench: decisions decide\\n');
});
export const decide = (...given) => (permits ? PERMITTED : decideAsEver(...given));
`;

registerHooks({
  load(url, context, nextLoad) {
    if (!url.endsWith(DECISION)) return nextLoad(url, context);
    return { format: 'module', source: SOURCE, shortCircuit: true };
  },
});
