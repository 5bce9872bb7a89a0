import { json } from './http.ts';

/** A rule and the clause that it comes from. */
export interface PolicyRule {
  words: string;
  source: string;
}

/** The layers that an organisation decides by (`/orgs/<org>/privacy-policy`). */
export interface Policy {
  organisation: string;
  profile: string;
  layers: { layer: string; title: string; version: string; rules: PolicyRule[] }[];
  emergency: PolicyRule[];
  /** What the layers take for sensitive, by which codes. */
  labelling: { version: string; rules: PolicyRule[] };
}

/** The layers of one organisation. */
export const fetchPolicy = (organisation: string): Promise<Policy> =>
  json<Policy>(`/orgs/${organisation}/privacy-policy`);
