import { Badge, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type Flag, fetchFlags, reviewFlag } from '../api/audit.ts';
import { PageHeading } from '../components/PageHeading.tsx';
import { Empty, Failed, Refused, Waiting } from '../components/Status.tsx';
import { when } from '../components/when.ts';
import { useSession } from '../session/session.ts';

/** New flags appear without a reload. */
const REFRESH_MS = 5_000; // an access is flagged within a second or two

function Review({ flag }: { flag: Flag }) {
  const session = useSession();
  const client = useQueryClient();
  const [note, setNote] = useState('');
  const review = useMutation({
    mutationFn: (outcome: 'justified' | 'violation') => reviewFlag(session, { id: flag.id, outcome, note }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['flags'] }),
  });
  const isReady = note.trim() !== '' && !review.isPending;
  return (
    <>
      <Group align="end" gap="sm" mt="xs">
        <TextInput
          label={`What came of looking into it (${when(flag.time)})`}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
        <Button variant="light" disabled={!isReady} onClick={() => review.mutate('justified')}>
          Justified
        </Button>
        <Button variant="default" disabled={!isReady} onClick={() => review.mutate('violation')}>
          Violation
        </Button>
      </Group>
      {review.isError && <Refused title="The review was not kept" error={review.error} />}
    </>
  );
}

function FlagRow({ flag }: { flag: Flag }) {
  return (
    <li>
      <Text size="sm" className="quiet">
        <time dateTime={flag.time}>{when(flag.time)}</time>
      </Text>
      <div className="what">
        <Text size="sm" className="name">
          <b>{flag.agent}</b> at Patient/{flag.patient}: {flag.reason}
        </Text>
        {flag.review === undefined ? (
          <Review flag={flag} />
        ) : (
          <Text size="sm" className="quiet">
            {flag.review.note}
          </Text>
        )}
      </div>
      <div className="end">
        <Badge variant="light" tt="none" color={flag.review === undefined ? 'coral' : 'gray'}>
          {flag.review?.outcome ?? 'open'}
        </Badge>
      </div>
    </li>
  );
}

/** Unusual accesses, each with the reason, for the privacy officer to look into. */
export function FlagsPage() {
  const session = useSession();
  const flags = useQuery({
    queryKey: ['flags'],
    queryFn: () => fetchFlags(session),
    refetchInterval: REFRESH_MS,
  });
  if (flags.isPending) return <Waiting what="Reading what was flagged" />;
  if (flags.isError) return <Failed error={flags.error} what="The list of unusual accesses" />;
  return (
    <Stack>
      <PageHeading title="Unusual accesses">
        Accesses that a rule was met by, with the reason. A rule of thumb accuses nobody: it says where to
        look.
      </PageHeading>
      {flags.data.length === 0 ? (
        <Empty>Nothing was flagged.</Empty>
      ) : (
        <ul className="rows" aria-label="Unusual accesses">
          {flags.data.map((flag) => (
            <FlagRow key={flag.id} flag={flag} />
          ))}
        </ul>
      )}
    </Stack>
  );
}
