import { Badge, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type EmergencyAccess, fetchEmergencies, reviewEmergency } from '../api/emergencies.ts';
import { EMERGENCY_REASONS } from '../components/emergency-words.ts';
import { PageHeading } from '../components/PageHeading.tsx';
import { Review } from '../components/Review.tsx';
import { Empty, Failed, Waiting } from '../components/Status.tsx';
import { when } from '../components/when.ts';
import { useSession } from '../session/session.ts';

/** Whoever is on call sees a new one without a reload. */
const REFRESH_MS = 5_000; // the patient has been told by then

function AccessRow({ access }: { access: EmergencyAccess }) {
  const session = useSession();
  const { patient, reason, opened, until, stale, facts } = access;
  return (
    <li>
      <Text size="sm" className="quiet">
        <time dateTime={opened}>{when(opened)}</time>
      </Text>
      <div className="what">
        <Text size="sm" className="name">
          <b>{facts === undefined ? 'Somebody' : `${facts.breaker.name}, ${facts.breaker.affiliation},`}</b>{' '}
          opened Patient/{patient} until {when(until)}: {EMERGENCY_REASONS[reason]?.short ?? reason}.
        </Text>
        <Text size="sm">
          {facts === undefined ? 'The patient was erased, and the facts with them.' : facts.text}
        </Text>
        <Text size="sm" className="quiet">
          {stale ? 'The view of the ledger was older than it may be. ' : ''}
          {facts === undefined ? '' : `Disclosed by ${facts.discloser}.`}
        </Text>
        {access.status === 'to-review' && facts !== undefined && (
          <Review
            time={opened}
            queryKey={['emergencies']}
            submit={(review) => reviewEmergency(session, { id: access.id, ...review })}
          />
        )}
        {facts?.review !== undefined && (
          <Text size="sm" className="quiet">
            {facts.review.note}
          </Text>
        )}
      </div>
      <div className="end">
        <Badge variant="light" tt="none" color={access.status === 'to-review' ? 'coral' : 'gray'}>
          {facts?.review?.outcome ?? 'to review'}
        </Badge>
      </div>
    </li>
  );
}

/** Records that were opened in an emergency, for the privacy officer to look into, each of them. */
export function EmergenciesPage() {
  const session = useSession();
  const accesses = useQuery({
    queryKey: ['emergencies'],
    queryFn: () => fetchEmergencies(session),
    refetchInterval: REFRESH_MS,
  });
  if (accesses.isPending) return <Waiting what="Reading the emergency accesses" />;
  if (accesses.isError) return <Failed error={accesses.error} what="The list of emergency accesses" />;
  return (
    <Stack>
      <PageHeading title="Emergency accesses">
        Records that a clinician opened without consent, in an emergency. The patient was told at once. Each
        is looked into.
      </PageHeading>
      {accesses.data.length === 0 ? (
        <Empty>No record was opened in an emergency.</Empty>
      ) : (
        <ul className="rows" aria-label="Emergency accesses">
          {accesses.data.map((access) => (
            <AccessRow key={access.id} access={access} />
          ))}
        </ul>
      )}
    </Stack>
  );
}
