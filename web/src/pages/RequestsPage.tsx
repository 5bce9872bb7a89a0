import { Button, Stack, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { fetchRequests } from '../api/rights.ts';
import { Answering } from '../components/Answering.tsx';
import { PageHeading } from '../components/PageHeading.tsx';
import { RequestCard, RequestList } from '../components/RequestCard.tsx';
import { aboutWords } from '../components/request-words.ts';
import { Empty, Failed, Waiting } from '../components/Status.tsx';
import { useSession } from '../session/session.ts';

/** What patients asked the organisation for, with the dates by which the law wants an answer, and the answers. */
export function RequestsPage() {
  const session = useSession();
  const [done, setDone] = useState('');
  const pages = useInfiniteQuery({
    queryKey: ['rights-requests'],
    queryFn: ({ pageParam }) => fetchRequests(session, pageParam),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: ({ next }) => next,
  });
  if (pages.isPending) return <Waiting what="Reading the requests" />;
  if (pages.isError) return <Failed error={pages.error} what="The list of requests" />;
  const requests = pages.data.pages.flatMap((page) => page.requests);
  return (
    <Stack>
      <PageHeading title="Requests of patients">
        Access, amendment and accounting: what was asked for, what became of it, and when an answer is due.
      </PageHeading>
      <Text role="status" size="sm">
        {done}
      </Text>
      {requests.length === 0 ? (
        <Empty>Nothing was asked for.</Empty>
      ) : (
        <RequestList label="Requests">
          {requests.map((request) => (
            <RequestCard
              key={request.id}
              request={request}
              title={aboutWords(request)}
              who={`Patient/${request.patient}`}
            >
              <Answering request={request} onDone={setDone} />
            </RequestCard>
          ))}
        </RequestList>
      )}
      {pages.hasNextPage && (
        <div>
          <Button
            variant="default"
            loading={pages.isFetchingNextPage}
            onClick={() => void pages.fetchNextPage()}
          >
            Show older requests
          </Button>
        </div>
      )}
    </Stack>
  );
}
