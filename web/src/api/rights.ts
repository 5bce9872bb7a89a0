import type { Session } from '../session/session.ts';
import { json } from './http.ts';

/** What an individual may ask for (45 CFR 164.524, 164.526, 164.528). */
export type RightsKind = 'access' | 'amendment' | 'accounting';

/** One thing that happened to a request. */
export interface RightsStep {
  at: string;
  what: 'received' | 'extended' | 'granted' | 'denied' | 'enclosed' | 'disagreed' | 'rebutted';
  text: string;
  clause?: string;
  /** Versions that an accepted amendment made or appended. */
  amended?: string[];
}

/** A request for access, amendment or accounting, and what became of it. */
export interface RightsRequest {
  id: string;
  kind: RightsKind;
  patient: string;
  status: 'open' | 'granted' | 'denied' | 'disputed';
  received: string;
  due: string;
  overdue: boolean;
  /** The record that an amendment is about, `Type/id`. */
  object?: string;
  /** The rule that sets the date; gone with the words once the patient is erased. */
  clause?: string;
  /** Of an accounting: whether it is the free one of twelve months. */
  free?: boolean;
  /** What the individual can do after a denial. */
  nextSteps?: string;
  steps?: RightsStep[];
}

/** A request of the signed-in patient, and whom it was made to. */
export type OwnRequest = RightsRequest & { organisation: string };

/** Requests, newest first; `next` where there are older ones. */
export interface RequestPage {
  requests: RightsRequest[];
  next?: number;
}

/** One page of the requests that the officer's organisation was sent. */
export async function fetchRequests(session: Session, cursor: number | undefined): Promise<RequestPage> {
  const { organisation } = session.persona;
  const token = await session.token(organisation);
  const query = cursor === undefined ? '' : `?cursor=${cursor}`;
  return json<RequestPage>(`/orgs/${organisation}/audit/requests${query}`, { token });
}

/** All that the signed-in patient asked for, at every organisation that knows them, newest first. */
export async function fetchOwnRequests(session: Session): Promise<OwnRequest[]> {
  const lists = await Promise.all(
    session.records.map(async ({ organisation, patient }) => {
      const token = await session.token(organisation);
      const found: OwnRequest[] = [];
      let next: number | undefined;
      do {
        const query = new URLSearchParams({ patient });
        if (next !== undefined) query.set('cursor', String(next));
        const page = await json<RequestPage>(`/orgs/${organisation}/audit/requests?${query}`, { token });
        found.push(...page.requests.map((each) => ({ ...each, organisation })));
        next = page.next;
      } while (next !== undefined);
      return found;
    }),
  );
  return lists.flat().sort((a, b) => b.received.localeCompare(a.received));
}

/** What is asked for, of whom. */
export interface NewRequest {
  organisation: string;
  kind: RightsKind;
  /** For an amendment: the record, `Type/id`. */
  object?: string;
  text: string;
}

/** Asks for something in the name of the signed-in patient. Throws ApiError. */
export async function askFor(
  session: Session,
  { organisation, ...asked }: NewRequest,
): Promise<RightsRequest> {
  const patient = session.records.find((each) => each.organisation === organisation)?.patient;
  const token = await session.token(organisation);
  const path = `/orgs/${organisation}/audit/requests`;
  return json<RightsRequest>(path, { token, method: 'POST', body: { ...asked, patient } });
}

/** A step of a request, with what it takes beside its words. */
export type StepInput =
  | { step: 'grant'; text: string; amended?: string[] }
  | { step: 'deny'; text: string; ground: string }
  | { step: 'extend'; text: string; until: string }
  | { step: 'enclose' | 'disagree' | 'rebut'; text: string };

/** Takes a step of a request at an organisation. Throws ApiError. */
export async function takeStep(
  session: Session,
  { organisation, id }: Pick<OwnRequest, 'organisation' | 'id'>,
  { step, ...body }: StepInput,
): Promise<RightsRequest> {
  const token = await session.token(organisation);
  const path = `/orgs/${organisation}/audit/requests/${id}/${step}`;
  return json<RightsRequest>(path, { token, method: 'POST', body });
}
