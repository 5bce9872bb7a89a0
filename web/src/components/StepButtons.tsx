import { Button, Group } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { StepDialog } from './StepDialog.tsx';

/** The words of a step: on its button, and in the dialog that it opens. */
export interface StepWords {
  button: string;
  title: string;
  label: string;
  explanation: string;
}

interface StepButtonsProps<Step extends string> {
  /** The first is what is mostly done. */
  steps: readonly [Step, ...Step[]];
  words: Readonly<Record<Step, StepWords>>;
  /** What the request is about, for who does not see the page. */
  about: string;
  take: (step: Step, text: string) => Promise<unknown>;
  onDone?: () => void;
  /** What a step takes beside its words. */
  fields?: (step: Step) => ReactNode;
}

/** The steps that somebody can take about a request: a button for each, and the dialog that it opens. */
export function StepButtons<Step extends string>(props: StepButtonsProps<Step>) {
  const { steps, words, about, take, onDone, fields } = props;
  const [opened, setOpened] = useState<Step>();
  const [first] = steps;
  const step = opened ?? first;
  const { title, explanation, label, button } = words[step];
  return (
    <>
      <Group gap="xs" mt="xs">
        {steps.map((each) => (
          <Button
            key={each}
            size="xs"
            variant={each === first ? 'light' : 'default'}
            aria-label={`${words[each].button}: ${about}`}
            onClick={() => setOpened(each)}
          >
            {words[each].button}
          </Button>
        ))}
      </Group>
      <StepDialog
        opened={opened !== undefined}
        onClose={() => setOpened(undefined)}
        title={title}
        explanation={explanation}
        label={label}
        action={button}
        submit={async (text) => {
          await take(step, text);
        }}
        onDone={() => {
          setOpened(undefined);
          onDone?.();
        }}
      >
        {opened !== undefined && fields?.(opened)}
      </StepDialog>
    </>
  );
}
