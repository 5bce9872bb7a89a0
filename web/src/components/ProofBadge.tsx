import { Badge, Button, Code, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { ReceiptVerdict } from '../../../src/proof/index.ts';

/** What a verdict proves, in sentences. */
export function VerdictWords({ verdict }: { verdict: ReceiptVerdict }) {
  if (!verdict.ok) {
    return (
      <Text>
        Refused: {verdict.message} <Code>{verdict.code}</Code>
      </Text>
    );
  }
  const { event, loggedAfterBlock, loggedBefore, leafIndex, treeSize, policy, contentChecked, flags } = verdict;
  return (
    <Stack gap={6}>
      <Text>
        {event.organisation} logged {event.object} ({event.kind}) as entry {leafIndex + 1} of {treeSize}.
      </Text>
      <Text>
        Logged after block {loggedAfterBlock.height}
        {loggedBefore === undefined ? '' : ` and before ${loggedBefore}`}, by the word of a quorum of the other organisations.
      </Text>
      <Text>{contentChecked === 'checked' ? 'The content is exactly what was logged.' : 'The content was not checked: only a receipt was given.'}</Text>
      <Text>
        Policy {policy.version === undefined ? '' : `version ${policy.version}, `}
        <Code>{policy.hash.slice(0, 16)}…</Code>
      </Text>
      {flags.map((flag) => (
        <Text key={flag}>Note: {flag}</Text>
      ))}
    </Stack>
  );
}

/** Says whether a record's receipt verified in this browser, and why, on demand. */
export function ProofBadge({ verdict, what }: { verdict: ReceiptVerdict | undefined; what: string }) {
  const [opened, { open, close }] = useDisclosure();
  if (verdict === undefined) {
    return (
      <Badge variant="light" color="gray.8" tt="none">
        no receipt yet
      </Badge>
    );
  }
  return (
    <>
      <Button size="compact-xs" variant="light" color={verdict.ok ? 'kelp' : 'red.9'} onClick={open} aria-label={`Proof of ${what}`}>
        {verdict.ok ? 'verified' : 'refused'}
      </Button>
      <Modal opened={opened} onClose={close} title={`Proof of ${what}`} closeButtonProps={{ 'aria-label': 'Close' }}>
        <VerdictWords verdict={verdict} />
      </Modal>
    </>
  );
}
