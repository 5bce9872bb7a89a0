/**
 * Loaded before a node by `bench fhir-decision`, and nowhere else: in place of the consent decision stands one that permits
 * everything. What the node does otherwise, gathering the facts of a resource and writing who saw it, it does as ever.
 */
import { registerHooks } from 'node:module';

const DECISION = '/src/consent/decide.ts';

const SOURCE = `
import { Decision } from './decision.ts';
const PERMITTED = new Decision('organisation-policy', true, {});
export const decide = () => PERMITTED;
`;

registerHooks({
  load(url, context, nextLoad) {
    if (!url.endsWith(DECISION)) return nextLoad(url, context);
    // The benchmark fails when no node says that it has been given this decision.
    process.stderr.write('bench: every decision permits\n');
    return { format: 'module', source: SOURCE, shortCircuit: true };
  },
});
