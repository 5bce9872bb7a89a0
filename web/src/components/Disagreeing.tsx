import { Button, Group } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type OwnRequest, takeStep } from '../api/rights.ts';
import { useSession } from '../session/session.ts';
import { StepDialog } from './StepDialog.tsx';

type Step = 'disagree' | 'enclose';

const WORDS: Readonly<Record<Step, { button: string; title: string; label: string; explanation: string }>> = {
  disagree: {
    button: 'Disagree',
    title: 'State that you disagree',
    label: 'Your statement',
    explanation:
      'It is kept beside the entry that it is about and goes with it to everybody who is given that from now on (45 CFR 164.526(d)(5)). The organisation may write a rebuttal, of which you have a copy. You can state it once.',
  },
  enclose: {
    button: 'Have both passed on',
    title: 'Have the request and its denial passed on',
    label: 'What you ask for',
    explanation:
      'Without a statement of your own, your request and the denial go to everybody who is given the entry from now on (45 CFR 164.526(d)(5)(ii)). You can still state that you disagree.',
  },
};

/** What a patient can do about the denial of an amendment (45 CFR 164.526(d)); nothing about anything else. */
export function Disagreeing({ request, about }: { request: OwnRequest; about: string }) {
  const session = useSession();
  const client = useQueryClient();
  const [step, setStep] = useState<Step>();
  const { kind, status, steps = [] } = request;
  if (kind !== 'amendment' || status !== 'denied') return null;
  const isEnclosed = steps.some(({ what }) => what === 'enclosed');
  const words = WORDS[step ?? 'disagree'];
  return (
    <>
      <Group gap="xs" mt="xs">
        {(['disagree', ...(isEnclosed ? [] : ['enclose' as const])] as Step[]).map((each) => (
          <Button
            key={each}
            size="xs"
            variant={each === 'disagree' ? 'light' : 'default'}
            aria-label={`${WORDS[each].button}: ${about}`}
            onClick={() => setStep(each)}
          >
            {WORDS[each].button}
          </Button>
        ))}
      </Group>
      <StepDialog
        opened={step !== undefined}
        onClose={() => setStep(undefined)}
        title={words.title}
        explanation={words.explanation}
        label={words.label}
        action={words.button}
        submit={async (text) => {
          await takeStep(session, request, { step: step ?? 'disagree', text });
          await client.invalidateQueries({ queryKey: ['own-requests'] });
        }}
        onDone={() => setStep(undefined)}
      />
    </>
  );
}
