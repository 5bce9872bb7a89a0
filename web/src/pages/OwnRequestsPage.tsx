import { Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useLocation } from '@tanstack/react-router';
import { fetchRecord } from '../api/record.ts';
import { fetchOwnRequests, type OwnRequest } from '../api/rights.ts';
import { AskForm } from '../components/AskForm.tsx';
import { amendable } from '../components/amendable.ts';
import { Disagreeing } from '../components/Disagreeing.tsx';
import { namesOf, useNetwork } from '../components/organisation-name.ts';
import { PageHeading } from '../components/PageHeading.tsx';
import { RequestCard, RequestList } from '../components/RequestCard.tsx';
import { aboutWords } from '../components/request-words.ts';
import { Empty, Failed, Waiting } from '../components/Status.tsx';
import { useSession } from '../session/session.ts';

/** What the patient asked organisations for, what became of it, and the form to ask for more. */
export function OwnRequestsPage() {
  const session = useSession();
  const network = useNetwork();
  const about = useLocation({ select: ({ state }) => state.about });
  const requests = useQuery({ queryKey: ['own-requests'], queryFn: () => fetchOwnRequests(session) });
  const record = useQuery({ queryKey: ['record'], queryFn: () => fetchRecord(session) });
  if (requests.isPending) return <Waiting what="Reading what you asked for" />;
  if (requests.isError) return <Failed error={requests.error} what="The list of your requests" />;
  const nameOf = namesOf(network.data);
  const wordsOf = (request: OwnRequest): string =>
    aboutWords(request, (object) => {
      const entries = amendable(record.data?.entries ?? [], request.organisation);
      return entries.find((each) => each.object === object)?.label ?? object;
    });
  return (
    <Stack gap="lg">
      <PageHeading title="What I asked for">
        You may have your record, have it amended, and learn whom it was given to. Each request has a day by
        which the law wants an answer.
      </PageHeading>
      <AskForm
        entries={record.data?.entries ?? (record.isError ? [] : undefined)}
        about={about}
        nameOf={nameOf}
      />
      {record.isError && <Failed error={record.error} what="Your record, to choose an entry from," />}
      <section aria-labelledby="asked">
        <Title order={2} id="asked" mb="sm">
          Asked so far
        </Title>
        {requests.data.length === 0 ? (
          <Empty>You have asked for nothing yet.</Empty>
        ) : (
          <RequestList label="My requests">
            {requests.data.map((request) => (
              <RequestCard
                key={`${request.organisation} ${request.id}`}
                request={request}
                title={wordsOf(request)}
                who={`asked of ${nameOf(request.organisation)}`}
              >
                {request.status === 'denied' && request.nextSteps !== undefined && (
                  <Text size="sm" className="quiet" maw="65ch">
                    {request.nextSteps}
                  </Text>
                )}
                <Disagreeing request={request} about={wordsOf(request)} />
              </RequestCard>
            ))}
          </RequestList>
        )}
      </section>
    </Stack>
  );
}
