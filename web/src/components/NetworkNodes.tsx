import { Alert, Badge, ScrollArea, Table, Text } from '@mantine/core';
import type { LedgerStatus, NetworkNode } from '../api/ledger.ts';
import type { NameOf } from './organisation-name.ts';

function State({ node, newest }: { node: NetworkNode; newest: number }) {
  if (node.up === undefined) return <span className="quiet">only its own organisation may ask it</span>;
  if (!node.up)
    return (
      <Badge variant="light" color="coral" tt="none">
        does not answer
      </Badge>
    );
  const behind = node.height === undefined ? 0 : Math.max(0, newest - node.height);
  return <>{behind === 0 ? 'up to date' : `${behind.toLocaleString()} blocks behind`}</>;
}

/** The orderers and peers of the organisations, who leads, and how far each is behind. */
export function NetworkNodes({ ledger, nameOf }: { ledger: LedgerStatus; nameOf: NameOf }) {
  const { network } = ledger;
  if (network === undefined)
    return (
      <Text size="sm" className="quiet">
        {ledger.engine === 'embedded'
          ? 'One process keeps this ledger for all its organisations: it gives tamper evidence, and has no orderers or peers of its own.'
          : 'The network underneath does not answer at the moment.'}
      </Text>
    );
  const newest = Math.max(ledger.height, ...network.nodes.map(({ height }) => height ?? 0));
  return (
    <>
      <Text size="sm" mb="xs">
        {network.leader === undefined
          ? 'No orderer says at the moment that it leads.'
          : `The orderer of ${nameOf(network.leader)} leads.`}
      </Text>
      <ScrollArea
        type="auto"
        viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': 'Orderers and peers' }}
      >
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">Organisation</Table.Th>
              <Table.Th scope="col">Role</Table.Th>
              <Table.Th scope="col">Address</Table.Th>
              <Table.Th scope="col">Height</Table.Th>
              <Table.Th scope="col">State</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {network.nodes.map((node) => (
              <Table.Tr key={`${node.role} ${node.endpoint}`}>
                <Table.Th scope="row">{nameOf(node.organisation)}</Table.Th>
                <Table.Td>{node.role}</Table.Td>
                <Table.Td>{node.endpoint}</Table.Td>
                <Table.Td>{node.height?.toLocaleString() ?? '–'}</Table.Td>
                <Table.Td>
                  <State node={node} newest={newest} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollArea>
    </>
  );
}

/** What operators should look at, such as certificates that end soon. */
export function LedgerWarnings({ warnings }: { warnings: readonly string[] }) {
  if (warnings.length === 0) return null;
  return (
    <Alert color="coral" title="The operator should look at this" role="status">
      <ul>
        {warnings.map((warning) => (
          <li key={warning}>{warning}</li>
        ))}
      </ul>
    </Alert>
  );
}
