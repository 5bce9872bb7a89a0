import { Button, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { fetchRecord } from '../api/record.ts';
import { placeOf } from '../components/amendable.ts';
import { PageHeading } from '../components/PageHeading.tsx';
import { RecordView } from '../components/RecordView.tsx';
import { Failed, Waiting } from '../components/Status.tsx';
import { useSession } from '../session/session.ts';

/** The patient's record from every organisation that knows them, each line with a receipt verified in this browser. */
export function RecordPage() {
  const session = useSession();
  const record = useQuery({ queryKey: ['record'], queryFn: () => fetchRecord(session) });
  if (record.isPending) return <Waiting what="Fetching your record from every organisation" />;
  if (record.isError) return <Failed error={record.error} what="Your record" />;
  return (
    <Stack>
      <PageHeading title="My record">
        What organisations have written about you. Each entry comes with a receipt that is checked here.
      </PageHeading>
      <RecordView
        record={record.data}
        empty="No organisation has records of you."
        actions={(entry) =>
          session.records.some(({ organisation }) => organisation === entry.organisation) && (
            <Button
              variant="subtle"
              renderRoot={(props) => (
                <Link {...props} to="/patient/requests" state={{ about: placeOf(entry) }} />
              )}
            >
              Ask for a change of this entry
            </Button>
          )
        }
      />
    </Stack>
  );
}
