import { Badge, Stack, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { fetchAccessLog } from '../api/access-log.ts';
import { Empty, Failed, Waiting } from '../components/Status.tsx';
import { useSession } from '../session/session.ts';

const when = (time: string): string => new Date(time).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** Every access to the patient's data, in words. */
export function AccessLogPage() {
  const session = useSession();
  const log = useQuery({ queryKey: ['access-log'], queryFn: () => fetchAccessLog(session) });
  if (log.isPending) return <Waiting what="Reading the access logs" />;
  if (log.isError) return <Failed error={log.error} what="Your access log" />;
  return (
    <Stack>
      <Title order={1}>Who looked at my record</Title>
      <Text>Each line is an entry of an organisation's log. It cannot be removed without that showing.</Text>
      {log.data.length === 0 ? (
        <Empty>Nobody has looked yet.</Empty>
      ) : (
        <Table.ScrollContainer minWidth={520}>
          <Table verticalSpacing={6}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>When</Table.Th>
                <Table.Th>Who</Table.Th>
                <Table.Th>What</Table.Th>
                <Table.Th>Why</Table.Th>
                <Table.Th>Outcome</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {log.data.map((access) => (
                <Table.Tr key={access.key}>
                  <Table.Td style={{ whiteSpace: 'nowrap' }}>{when(access.time)}</Table.Td>
                  <Table.Td>
                    {access.who} at {access.organisation}
                  </Table.Td>
                  <Table.Td>{access.what}</Table.Td>
                  <Table.Td>{access.purpose}</Table.Td>
                  <Table.Td>
                    <Badge variant="light" tt="none" color={access.outcome === 'allowed' ? 'kelp' : 'red.9'}>
                      {access.outcome}
                    </Badge>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Stack>
  );
}
