import { Badge, Code, ScrollArea, Table, Text } from '@mantine/core';
import type { LedgerStatus } from '../api/ledger.ts';
import type { NameOf } from './organisation-name.ts';

/** Who is a member, and how far the log of each is anchored on the ledger. */
export function MemberTable({ ledger, nameOf }: { ledger: LedgerStatus; nameOf: NameOf }) {
  return (
    <ScrollArea
      type="auto"
      viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': 'Members and anchors' }}
    >
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Member</Table.Th>
            <Table.Th scope="col">Anchored entries</Table.Th>
            <Table.Th scope="col">Root</Table.Th>
            <Table.Th scope="col">Anchored at</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {ledger.members.map(({ organisation, status, anchor }) => (
            <Table.Tr key={organisation}>
              <Table.Th scope="row">
                {nameOf(organisation)}{' '}
                {status === 'suspended' && (
                  <Badge variant="light" color="coral" tt="none">
                    suspended
                  </Badge>
                )}
              </Table.Th>
              {anchor === undefined ? (
                <Table.Td colSpan={3}>
                  <Text size="sm" className="quiet">
                    nothing anchored yet
                  </Text>
                </Table.Td>
              ) : (
                <>
                  <Table.Td>{anchor.size.toLocaleString()}</Table.Td>
                  <Table.Td>
                    <Code>{anchor.root.slice(0, 12)}…</Code>
                  </Table.Td>
                  <Table.Td>
                    <time dateTime={anchor.time}>{new Date(anchor.time).toLocaleTimeString()}</time>
                  </Table.Td>
                </>
              )}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea>
  );
}
