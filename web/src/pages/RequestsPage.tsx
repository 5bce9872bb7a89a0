import { Badge, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { fetchRequests, type RightsRequest } from '../api/audit.ts';
import { PageHeading } from '../components/PageHeading.tsx';
import { Empty, Failed, Waiting } from '../components/Status.tsx';
import { onDay } from '../components/when.ts';
import { useSession } from '../session/session.ts';

const KINDS: Record<RightsRequest['kind'], string> = {
  access: 'access to their record',
  amendment: 'an amendment',
  accounting: 'an accounting of disclosures',
};

function deadline({ status, due, overdue }: RightsRequest): string {
  if (status !== 'open') return status;
  return overdue ? `overdue since ${onDay(due)}` : `due ${onDay(due)}`;
}

function RequestRow({ request }: { request: RightsRequest }) {
  const { kind, patient, object, steps = [], clause } = request;
  return (
    <li>
      <div className="what">
        <Text size="sm" className="name">
          <b>Patient/{patient}</b> asked for {KINDS[kind]}
          {object === undefined ? '' : ` of ${object}`}.
        </Text>
        {steps.map(({ at, what, text }) => (
          <Text size="sm" className="quiet" key={`${at}${what}`}>
            {onDay(at)}, {what}: {text}
          </Text>
        ))}
        {clause !== undefined && (
          <Text size="sm" className="quiet">
            The date follows from {clause}.
          </Text>
        )}
      </div>
      <div className="end">
        <Badge variant="light" tt="none" color={request.overdue ? 'coral' : 'gray'}>
          {deadline(request)}
        </Badge>
      </div>
    </li>
  );
}

/** What patients asked the organisation for, with the dates by which the law wants an answer. */
export function RequestsPage() {
  const session = useSession();
  const requests = useQuery({ queryKey: ['rights-requests'], queryFn: () => fetchRequests(session) });
  if (requests.isPending) return <Waiting what="Reading the requests" />;
  if (requests.isError) return <Failed error={requests.error} what="The list of requests" />;
  return (
    <Stack>
      <PageHeading title="Requests of patients">
        Access, amendment and accounting: what was asked for, what became of it, and when an answer is due.
      </PageHeading>
      {requests.data.length === 0 ? (
        <Empty>Nothing was asked for.</Empty>
      ) : (
        <ul className="rows" aria-label="Requests">
          {requests.data.map((request) => (
            <RequestRow key={request.id} request={request} />
          ))}
        </ul>
      )}
    </Stack>
  );
}
