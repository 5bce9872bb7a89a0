import { Alert, Button, Card, NativeSelect, SimpleGrid, Stack, Text, Textarea, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { RecordEntry } from '../api/record.ts';
import { askFor, type RightsKind } from '../api/rights.ts';
import { useSession } from '../session/session.ts';
import { type Amendable, amendable, grouped } from './amendable.ts';
import type { NameOf } from './organisation-name.ts';
import { Empty, Refused } from './Status.tsx';
import { onDay } from './when.ts';

const CHOICES: Readonly<Record<RightsKind, { label: string; explanation: string }>> = {
  amendment: {
    label: 'Have something in my record changed',
    explanation:
      'Say what is wrong and why. The organisation answers within 60 days, or tells you why it needs 30 more. If it says no, you can add a statement of your own (45 CFR 164.526).',
  },
  access: {
    label: 'See my record, or have a copy',
    explanation:
      'What is in this network you see at once under “My record”. Ask here for a copy, or for what you do not find there. The organisation answers within 30 days, or tells you why it needs 30 more (45 CFR 164.524).',
  },
  accounting: {
    label: 'Learn whom my data was given to',
    explanation:
      'What is in this network you see at once under “Who was given data”. Ask here for an account by the organisation itself, within 60 days. The first in twelve months costs nothing (45 CFR 164.528).',
  },
};

/** The words of an amendment: what should change and why, and which version the patient looked at. */
const amendmentText = (change: string, why: string, { object, version }: Amendable): string =>
  `${change.trim()}\n\nReason: ${why.trim()}\n\nThis is about version ${version} of ${object}.`;

interface AskFormProps {
  /** The record as far as it was fetched; undefined while it is not. */
  entries: readonly RecordEntry[] | undefined;
  /** What the patient came here to have changed: `<organisation>/<Type>/<id>`. */
  about: string | undefined;
  nameOf: NameOf;
}

/** Asks an organisation for an amendment, for access, or for an accounting, in the patient's own words. */
export function AskForm({ entries, about, nameOf }: AskFormProps) {
  const session = useSession();
  const client = useQueryClient();
  const organisations = session.records.map(({ organisation }) => organisation);
  const [kind, setKind] = useState<RightsKind>('amendment');
  const [at, setAt] = useState(
    organisations.find((id) => about?.startsWith(`${id}/`)) ?? organisations[0] ?? '',
  );
  const [object, setObject] = useState(about?.split('/').slice(1).join('/') ?? '');
  const [text, setText] = useState('');
  const [why, setWhy] = useState('');
  const possible = amendable(entries ?? [], at);
  const chosen = possible.find((each) => each.object === object);
  const isAmendment = kind === 'amendment';
  const asking = useMutation({
    mutationFn: () =>
      isAmendment && chosen !== undefined
        ? askFor(session, {
            organisation: at,
            kind,
            object: chosen.object,
            text: amendmentText(text, why, chosen),
          })
        : askFor(session, { organisation: at, kind, text }),
    onSuccess: () => {
      setText('');
      setWhy('');
      return client.invalidateQueries({ queryKey: ['own-requests'] });
    },
  });
  const isReady = text.trim() !== '' && (!isAmendment || (why.trim() !== '' && chosen !== undefined));
  return (
    <Card
      withBorder
      component="form"
      padding="md"
      aria-labelledby="ask-title"
      onSubmit={(event) => {
        event.preventDefault();
        asking.mutate();
      }}
    >
      <Stack>
        <Title order={2} id="ask-title">
          Ask for something
        </Title>
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <NativeSelect
            label="What"
            value={kind}
            onChange={(event) => setKind(event.currentTarget.value as RightsKind)}
            data={Object.entries(CHOICES).map(([value, { label }]) => ({ value, label }))}
          />
          <NativeSelect
            label="Of whom"
            value={at}
            onChange={(event) => setAt(event.currentTarget.value)}
            data={organisations.map((id) => ({ value: id, label: nameOf(id) }))}
          />
        </SimpleGrid>
        <Text size="sm" className="quiet" maw="65ch">
          {CHOICES[kind].explanation}
        </Text>
        {isAmendment && entries === undefined && <Empty>Fetching your record, to choose from…</Empty>}
        {isAmendment && entries !== undefined && possible.length === 0 && (
          <Empty>This organisation shows you no entries that could be changed.</Empty>
        )}
        {isAmendment && possible.length > 0 && (
          <NativeSelect
            label="Which entry"
            value={chosen?.object ?? ''}
            onChange={(event) => setObject(event.currentTarget.value)}
            required
            withAsterisk={false}
            data={[
              { value: '', label: 'Choose an entry' },
              ...grouped(possible).map(({ group, items }) => ({
                group,
                items: items.map(({ object: value, label }) => ({ value, label })),
              })),
            ]}
          />
        )}
        <Textarea
          label={isAmendment ? 'What should change' : 'What you ask for'}
          autosize
          minRows={2}
          maxRows={10}
          maxLength={3500} // with the reason, half of what the node takes
          required
          withAsterisk={false}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        {isAmendment && (
          <Textarea
            label="Why"
            autosize
            minRows={2}
            maxRows={10}
            maxLength={3500} // as above
            required
            withAsterisk={false}
            value={why}
            onChange={(event) => setWhy(event.currentTarget.value)}
          />
        )}
        <div>
          <Button type="submit" loading={asking.isPending} disabled={!isReady}>
            Ask
          </Button>
        </div>
        {asking.isError && <Refused title="Not asked" error={asking.error} />}
        {asking.isSuccess && (
          <Alert title="Asked" role="status">
            {nameOf(at)} has it and must answer by {onDay(asking.data.due)}.
          </Alert>
        )}
      </Stack>
    </Card>
  );
}
