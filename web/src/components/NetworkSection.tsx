import { Code, List, Stack, Table, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { fetchOverview } from '../api/administration.ts';
import { useSession } from '../session/session.ts';
import { Failed, Waiting } from './Status.tsx';

/** Members of the network, and the keys of this organisation with the heights at which they hold. */
export function NetworkSection() {
  const session = useSession();
  const { organisation } = session.persona;
  const overview = useQuery({
    queryKey: ['overview'],
    queryFn: async () => fetchOverview(organisation, await session.token(organisation)),
  });
  if (overview.isPending) return <Waiting what="Asking for members and keys" />;
  if (overview.isError) return <Failed error={overview.error} what="Members and keys" />;
  const { members, keys } = overview.data;
  return (
    <Stack component="section" gap="sm" aria-labelledby="members">
      <Title order={2} id="members">
        Members and keys
      </Title>
      <List aria-label="Members">
        {members.map((member) => (
          <List.Item key={member.organisation}>
            {member.organisation}: {member.status}
          </List.Item>
        ))}
      </List>
      <Table.ScrollContainer minWidth={600} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
        <Table aria-label="Keys of this organisation">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Use</Table.Th>
              <Table.Th>Algorithm</Table.Th>
              <Table.Th>Public key</Table.Th>
              <Table.Th>From height</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {keys.map(({ use, algorithm, key, from }) => (
              <Table.Tr key={key}>
                <Table.Td>{use}</Table.Td>
                <Table.Td>{algorithm}</Table.Td>
                <Table.Td>
                  <Code>{key}</Code>
                </Table.Td>
                <Table.Td>{from}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Stack>
  );
}
