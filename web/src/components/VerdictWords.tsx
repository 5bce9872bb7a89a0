import { Code, Stack, Text } from '@mantine/core';
import type { ReceiptVerdict } from '../../../src/proof/index.ts';

/** What a verdict proves, in sentences. */
export function VerdictWords({ verdict }: { verdict: ReceiptVerdict }) {
  if (!verdict.ok) {
    return (
      <Text>
        {verdict.message} <Code>{verdict.code}</Code>
      </Text>
    );
  }
  const { event, loggedAfterBlock, loggedBefore, leafIndex, treeSize, policy, contentChecked, flags } =
    verdict;
  const before = loggedBefore === undefined ? '' : ` and before ${new Date(loggedBefore).toLocaleString()}`;
  return (
    <Stack gap={6}>
      <Text className="hash">
        <b>{event.organisation}</b> logged {event.object} ({event.kind}) as entry {leafIndex + 1} of{' '}
        {treeSize}.
      </Text>
      <Text>
        Logged after block {loggedAfterBlock.height}
        {before}, by the word of a quorum of the other organisations.
      </Text>
      <Text>
        {contentChecked === 'checked'
          ? 'The content is exactly what was logged.'
          : 'The content was not checked: only a receipt was given.'}
      </Text>
      <Text size="sm" className="quiet">
        Policy {policy.version === undefined ? '' : `version ${policy.version}, `}
        <Code>{policy.hash.slice(0, 16)}…</Code>
      </Text>
      {flags.map((flag) => (
        <Text key={flag}>Note: {flag}</Text>
      ))}
    </Stack>
  );
}
