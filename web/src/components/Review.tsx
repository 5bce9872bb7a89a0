import { Button, Group, TextInput } from '@mantine/core';
import { type QueryKey, useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Refused } from './Status.tsx';
import { when } from './when.ts';

interface ReviewProps {
  /** When it happened that is looked into: tells the fields of a list apart. */
  readonly time: string;
  /** What is read anew afterwards. */
  readonly queryKey: QueryKey;
  readonly submit: (review: { outcome: 'justified' | 'violation'; note: string }) => Promise<unknown>;
}

/** What an officer notes of looking into something. */
export function Review({ time, queryKey, submit }: ReviewProps) {
  const client = useQueryClient();
  const [note, setNote] = useState('');
  const review = useMutation({
    mutationFn: (outcome: 'justified' | 'violation') => submit({ outcome, note }),
    onSuccess: () => client.invalidateQueries({ queryKey }),
  });
  const isReady = note.trim() !== '' && !review.isPending;
  return (
    <>
      <Group align="end" gap="sm" mt="xs">
        <TextInput
          label={`What came of looking into it (${when(time)})`}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
        <Button variant="light" disabled={!isReady} onClick={() => review.mutate('justified')}>
          Justified
        </Button>
        <Button variant="default" disabled={!isReady} onClick={() => review.mutate('violation')}>
          Violation
        </Button>
      </Group>
      {review.isError && <Refused title="The review was not kept" error={review.error} />}
    </>
  );
}
