import { NativeSelect, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type RightsRequest, type StepInput, takeStep } from '../api/rights.ts';
import { useSession } from '../session/session.ts';
import { aboutWords, GROUNDS } from './request-words.ts';
import { StepButtons, type StepWords } from './StepButtons.tsx';

type Step = 'grant' | 'deny' | 'extend' | 'rebut';

const DAY_MS = 86_400_000; // 24 h
/** Each of the three rules lets the organisation take so much more time, once (45 CFR 164.524(b)(2)(ii), 164.526(b)(2)(ii), 164.528(c)(1)(ii)). */
const EXTENSION_DAYS = 30;

const WORDS: Readonly<Record<Step, StepWords>> = {
  grant: {
    button: 'Accept',
    title: 'Accept the request',
    label: 'What was done, for the patient to read',
    explanation: 'Do first what was asked for, then note it here. It cannot be taken back.',
  },
  deny: {
    button: 'Deny',
    title: 'Deny the request',
    label: 'Why, in plain language',
    explanation:
      'The law knows these grounds and no others. The patient is told which it was and what they can do.',
  },
  extend: {
    button: 'Take more time',
    title: 'Take more time',
    label: 'Why it takes longer, for the patient to read',
    explanation: `Once, by ${EXTENSION_DAYS} days at most, and only while the first period runs.`,
  },
  rebut: {
    button: 'Rebut',
    title: 'Rebut the statement of disagreement',
    label: 'Rebuttal, for the patient to read',
    explanation:
      'It goes with every later disclosure of the record, after the statement (45 CFR 164.526(d)(3) and (5)). It is not needed.',
  },
};

/** What an officer can still do about a request, by the same rules as the node. */
function possible({ status, overdue, kind, steps = [] }: RightsRequest): Step[] {
  const happened = (what: string) => steps.some((step) => step.what === what);
  if (steps.length === 0) return [];
  if (status === 'disputed') return happened('rebutted') ? [] : ['rebut'];
  if (status !== 'open') return [];
  return [
    'grant',
    ...(kind === 'accounting' ? [] : ['deny' as const]),
    ...(overdue || happened('extended') ? [] : ['extend' as const]),
  ];
}

const day = (time: number): string => new Date(time).toISOString().slice(0, 10);

/** The last day to which a request can be extended that is due at a time. */
const lastDay = (due: string): string => day(Date.parse(due) + EXTENSION_DAYS * DAY_MS);

/** What a step takes beside its words, as far as it was typed. */
interface Given {
  ground: string;
  until: string;
  amended: string;
}

function taking(step: Step, kind: RightsRequest['kind'], text: string, given: Given): StepInput {
  if (step === 'deny') return { step, text, ground: given.ground };
  if (step === 'extend') return { step, text, until: given.until };
  if (step === 'rebut' || kind !== 'amendment') return { step, text };
  return { step, text, amended: given.amended.split(/[\s,]+/).filter((each) => each !== '') };
}

interface StepFieldsProps {
  step: Step;
  request: RightsRequest;
  given: Given;
  change: (given: Given) => void;
}

function StepFields({ step, request: { kind, due }, given, change }: StepFieldsProps) {
  return (
    <>
      {step === 'deny' && (
        <NativeSelect
          label="Ground (45 CFR)"
          data={Object.entries(GROUNDS[kind]).map(([value, label]) => ({ value, label }))}
          value={given.ground}
          onChange={(event) => change({ ...given, ground: event.currentTarget.value })}
        />
      )}
      {step === 'extend' && (
        <TextInput
          label="Until"
          type="date"
          min={day(Date.parse(due) + DAY_MS)}
          max={lastDay(due)}
          required
          withAsterisk={false}
          value={given.until}
          onChange={(event) => change({ ...given, until: event.currentTarget.value })}
        />
      )}
      {step === 'grant' && kind === 'amendment' && (
        <TextInput
          label="Versions that were amended or appended"
          description="Each as Condition/12/_history/2, separated by spaces. They are linked to the request (45 CFR 164.526(c)(1))."
          required
          withAsterisk={false}
          value={given.amended}
          onChange={(event) => change({ ...given, amended: event.currentTarget.value })}
        />
      )}
    </>
  );
}

/** The buttons of one request with which an officer answers it, and the dialog that they open. */
export function Answering({ request, onDone }: { request: RightsRequest; onDone: (words: string) => void }) {
  const session = useSession();
  const client = useQueryClient();
  const { kind, object, patient, due } = request;
  const [given, setGiven] = useState<Given>({
    ground: Object.keys(GROUNDS[kind])[0] ?? '',
    until: lastDay(due),
    amended: object === undefined ? '' : `${object}/_history/`,
  });
  const [first, ...others] = possible(request);
  if (first === undefined) return null;
  const about = `${aboutWords(request)}, Patient/${patient}`;
  return (
    <StepButtons
      steps={[first, ...others]}
      words={WORDS}
      about={about}
      take={async (step, text) => {
        const { organisation } = session.persona;
        await takeStep(session, { organisation, id: request.id }, taking(step, kind, text, given));
        await client.invalidateQueries({ queryKey: ['rights-requests'] });
      }}
      onDone={() => onDone(`${about}: kept.`)}
      fields={(step) => <StepFields step={step} request={request} given={given} change={setGiven} />}
    />
  );
}
