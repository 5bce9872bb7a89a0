import { Badge, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type Flag, fetchFlags, reviewFlag } from '../api/audit.ts';
import { PageHeading } from '../components/PageHeading.tsx';
import { Review } from '../components/Review.tsx';
import { Empty, Failed, Waiting } from '../components/Status.tsx';
import { when } from '../components/when.ts';
import { useSession } from '../session/session.ts';

/** New flags appear without a reload. */
const REFRESH_MS = 5_000; // an access is flagged within a second or two

function FlagRow({ flag }: { flag: Flag }) {
  const session = useSession();
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
          <Review
            time={flag.time}
            queryKey={['flags']}
            submit={(review) => reviewFlag(session, { id: flag.id, ...review })}
          />
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
