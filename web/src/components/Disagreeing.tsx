import { useQueryClient } from '@tanstack/react-query';
import { type OwnRequest, takeStep } from '../api/rights.ts';
import { useSession } from '../session/session.ts';
import { StepButtons, type StepWords } from './StepButtons.tsx';

type Step = 'disagree' | 'enclose';

const WORDS: Readonly<Record<Step, StepWords>> = {
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
  const { kind, status, steps = [] } = request;
  if (kind !== 'amendment' || status !== 'denied') return null;
  const isEnclosed = steps.some(({ what }) => what === 'enclosed');
  return (
    <StepButtons<Step>
      steps={isEnclosed ? ['disagree'] : ['disagree', 'enclose']}
      words={WORDS}
      about={about}
      take={async (step, text) => {
        await takeStep(session, request, { step, text });
        await client.invalidateQueries({ queryKey: ['own-requests'] });
      }}
    />
  );
}
