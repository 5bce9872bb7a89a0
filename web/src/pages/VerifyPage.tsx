import { Alert, Card, Code, FileInput, SimpleGrid, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { fetchPolicy } from '../api/record.ts';
import { type CheckInput, checkFile, MAX_FILE_BYTES, policyFingerprint } from '../components/check-file.ts';
import { DropArea } from '../components/DropArea.tsx';
import { PageHeading } from '../components/PageHeading.tsx';
import { Failed } from '../components/Status.tsx';
import { VerdictWords } from '../components/VerdictWords.tsx';

interface Chosen {
  file: File;
  text: string;
}

function Verdicts({ name, input }: { name: string; input: CheckInput }) {
  const verdicts = useMemo(() => checkFile(input), [input]);
  const refused = verdicts.filter((verdict) => !verdict.ok);
  const [first] = refused.length > 0 ? refused : verdicts;
  const good = refused.length === 0 && verdicts.length > 0;
  return (
    <Card withBorder component="article" aria-label={`Verdict on ${name}`}>
      <Alert
        color={good ? 'kelp' : 'coral'}
        title={good ? 'Verified' : 'Refused'}
        role={good ? 'status' : 'alert'}
      >
        {name}
        {verdicts.length === 1 ? '' : `: ${verdicts.length - refused.length} of ${verdicts.length} verify`}
      </Alert>
      {first !== undefined && (
        <Stack mt="sm">
          <VerdictWords verdict={first} />
        </Stack>
      )}
    </Card>
  );
}

function PolicyNote({ policy, own }: { policy: string; own: boolean }) {
  const fingerprint = policyFingerprint(policy);
  return (
    <Text size="sm" className="quiet hash">
      {own ? 'Checked with the trust policy that you gave' : 'Checked with the trust policy of this node'}
      {fingerprint === undefined ? ', which is none.' : ', SHA-256 '}
      {fingerprint !== undefined && <Code>{fingerprint}</Code>}
      {own ? '' : ' Compare it with one that you have from another member before you rely on it.'}
    </Text>
  );
}

/** Verifies a receipt or bundle in this browser; nothing is sent anywhere. */
export function VerifyPage() {
  const fetched = useQuery({ queryKey: ['policy'], queryFn: fetchPolicy });
  const [receipt, setReceipt] = useState<Chosen>();
  const [content, setContent] = useState<Chosen>();
  const [given, setGiven] = useState<Chosen>();
  const [tooLarge, setTooLarge] = useState<string>();
  const policy = given?.text ?? fetched.data;
  const input = useMemo(
    () =>
      receipt === undefined || policy === undefined
        ? undefined
        : { text: receipt.text, policy, content: content?.text },
    [receipt, policy, content],
  );
  const choose = (set: (chosen: Chosen | undefined) => void) => async (file: File | null | undefined) => {
    setTooLarge(undefined);
    if (file === null || file === undefined) return set(undefined);
    if (file.size > MAX_FILE_BYTES) return setTooLarge(file.name);
    set({ file, text: await file.text() });
  };
  const chooseReceipt = choose(setReceipt);
  return (
    <Stack gap="lg">
      <PageHeading title="Verify a receipt">
        The files stay in this browser. They are checked here, by the same code that runs offline.
      </PageHeading>
      {fetched.isError && given === undefined && <Failed error={fetched.error} what="The trust policy" />}
      <DropArea onFiles={([file]) => void chooseReceipt(file)}>Drop a receipt or a bundle here</DropArea>
      <SimpleGrid cols={{ base: 1, sm: 3 }}>
        <FileInput
          label="Receipt or bundle"
          placeholder="Choose a file"
          value={receipt?.file ?? null}
          onChange={(file) => void chooseReceipt(file)}
          clearable
          clearButtonProps={{ 'aria-label': 'Clear the receipt' }}
        />
        <FileInput
          label="Record (optional)"
          description="Checks that it is what was logged"
          inputWrapperOrder={['label', 'input', 'description']}
          placeholder="Choose a file"
          value={content?.file ?? null}
          onChange={(file) => void choose(setContent)(file)}
          clearable
          clearButtonProps={{ 'aria-label': 'Clear the record' }}
        />
        <FileInput
          label="Trust policy (optional)"
          description="Yours instead of this node's"
          inputWrapperOrder={['label', 'input', 'description']}
          placeholder="Choose a file"
          value={given?.file ?? null}
          onChange={(file) => void choose(setGiven)(file)}
          clearable
          clearButtonProps={{ 'aria-label': 'Clear the policy' }}
        />
      </SimpleGrid>
      {tooLarge !== undefined && (
        <Alert color="coral" title="Too large" role="alert">
          {tooLarge} has more than 64 MB: use the command line, holdfast verify.
        </Alert>
      )}
      {input !== undefined && receipt !== undefined && <Verdicts name={receipt.file.name} input={input} />}
      {policy !== undefined && <PolicyNote policy={policy} own={given !== undefined} />}
    </Stack>
  );
}
