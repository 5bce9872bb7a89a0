import { Badge, Card, Code, Group, Text, Title } from '@mantine/core';
import type { LogState } from '../api/logs.ts';
import type { NameOf } from './organisation-name.ts';

/** One organisation's log: how long, who cosigned it, how far it is anchored. */
export function LogCard({
  log,
  anchored,
  nameOf,
}: {
  log: LogState;
  anchored: number | undefined;
  nameOf: NameOf;
}) {
  const newest = log.witnesses.flatMap(({ time }) => time ?? []).sort((a, b) => b.getTime() - a.getTime())[0];
  return (
    <Card withBorder component="article" aria-label={`Log of ${log.organisation.name}`}>
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <Title order={2}>{log.organisation.name}</Title>
        <Badge variant="light" tt="none" style={{ flexShrink: 0 }} color={log.trusted ? 'kelp' : 'coral'}>
          {log.trusted ? 'verified here' : log.refusal}
        </Badge>
      </Group>
      <Text mt={4}>
        <b>{log.size.toLocaleString()}</b> entries,{' '}
        {anchored === undefined ? 'none anchored lately' : `${anchored.toLocaleString()} of them anchored`}
      </Text>
      <Text size="sm" className="quiet hash">
        root <Code>{log.root.slice(0, 24)}…</Code>
      </Text>
      <Text size="sm" mt={6}>
        {log.witnesses.length === 0
          ? 'Cosigned by nobody yet'
          : `Cosigned by ${log.witnesses.map(({ name }) => nameOf(name)).join(', ')}`}
        {newest !== undefined && <span className="quiet"> at {newest.toLocaleTimeString()}</span>}
      </Text>
    </Card>
  );
}
