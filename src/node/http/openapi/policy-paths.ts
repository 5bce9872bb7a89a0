import { json, operation, type Paths } from './operation-object.ts';
import { object, string } from './scalars.ts';

const rules = { type: 'array', items: object({ words: string(), source: string() }) };
const layer = object({
  layer: { enum: ['law', 'organisation', 'patient'] },
  title: string(),
  version: string(),
  rules,
});

/** The layers of policy that an organisation decides by, below `/orgs/{org}`. */
export const policyPaths: Paths = {
  '/privacy-policy': {
    get: operation({
      id: 'privacyPolicy',
      tag: 'node',
      summary: 'The layers of policy in force, with versions and sources: law, organisation, patient',
      asker: 'public',
      answers: {
        200: [
          'The layers, in the order in which they are asked.',
          json(
            object({
              organisation: string(),
              profile: { enum: ['us', 'us-ca', 'us-ny', 'consent-only'] },
              layers: { type: 'array', items: layer },
              emergency: rules,
              labelling: object({ version: string(), rules }),
            }),
          ),
        ],
      },
    }),
  },
};
