import { Alert, Card, Code, FileInput, Group, Stack, Text, Title } from '@mantine/core';
import { Dropzone } from '@mantine/dropzone';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { policyHash, type ReceiptVerdict, toHex, verifyBundle, verifyReceipt } from '../../../src/proof/index.ts';
import { fetchPolicy } from '../api/record.ts';
import { VerdictWords } from '../components/ProofBadge.tsx';
import { Failed, Waiting } from '../components/Status.tsx';

/** Receipts have a few kilobytes; bundles of a whole record a few megabytes. */
const MAX_FILE_BYTES = 64 * 1024 * 1024; // what a phone still parses

interface Checked {
  name: string;
  verdicts: readonly ReceiptVerdict[];
}

function verify(text: string, policy: string, content: string | undefined): readonly ReceiptVerdict[] {
  const options = { policies: [policy], now: new Date() };
  if (/"items"\s*:/.test(text)) {
    const verdict = verifyBundle(text, options);
    return 'verdicts' in verdict ? verdict.verdicts : [verdict];
  }
  return [verifyReceipt(text, content === undefined ? options : { ...options, content })];
}

function Verdicts({ name, verdicts }: Checked) {
  const refused = verdicts.filter((verdict) => !verdict.ok);
  const [first] = refused.length > 0 ? refused : verdicts;
  return (
    <Card withBorder component="article" aria-label={`Verdict on ${name}`}>
      <Alert
        color={refused.length === 0 ? 'kelp' : 'red.9'}
        title={refused.length === 0 ? 'Verified' : 'Refused'}
        role={refused.length === 0 ? 'status' : 'alert'}
      >
        {name}: {verdicts.length - refused.length} of {verdicts.length} verify.
      </Alert>
      {first !== undefined && (
        <Stack mt="sm">
          <VerdictWords verdict={first} />
        </Stack>
      )}
    </Card>
  );
}

/** Verifies a receipt or bundle in this browser; nothing is sent anywhere. */
export function VerifyPage() {
  const policy = useQuery({ queryKey: ['policy'], queryFn: fetchPolicy });
  const [checked, setChecked] = useState<Checked>();
  const [content, setContent] = useState<File | null>(null);
  if (policy.isPending) return <Waiting what="Fetching the trust policy" />;
  if (policy.isError) return <Failed error={policy.error} what="The trust policy" />;
  const check = async (file: File | null | undefined) => {
    if (file === null || file === undefined) return;
    const contentText = content === null ? undefined : await content.text();
    setChecked({ name: file.name, verdicts: verify(await file.text(), policy.data, contentText) });
  };
  return (
    <Stack gap="lg">
      <div>
        <Title order={1}>Verify a receipt</Title>
        <Text mt="xs">The file stays in this browser: it is checked here, by the same code that runs offline.</Text>
      </div>
      <Dropzone
        onDrop={(files) => void check(files[0])}
        maxSize={MAX_FILE_BYTES}
        multiple={false}
        activateOnClick={false}
        enablePointerEvents
        inputProps={{ 'aria-label': 'Drop a receipt' }}
      >
        <Group justify="center" mih={110}>
          <Text>Drop a receipt or a bundle here</Text>
        </Group>
      </Dropzone>
      <FileInput label="or choose a receipt" placeholder="receipt.json" onChange={(file) => void check(file)} clearable />
      <FileInput label="Content, to be checked too (optional; choose it first)" placeholder="resource.json" value={content} onChange={setContent} clearable />
      {checked !== undefined && <Verdicts {...checked} />}
      <Text size="sm">
        Trust policy fetched from this node, SHA-256 <Code>{toHex(policyHash(policy.data)).slice(0, 32)}…</Code>. Compare it with one you have from another
        member before you rely on it.
      </Text>
    </Stack>
  );
}
