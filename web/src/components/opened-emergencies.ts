import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useState } from 'react';
import type { OpenedEmergency } from '../api/emergency-access.ts';

const KEY = ['opened-emergencies'];
const TICK_MS = 1_000; // a record is no longer on the screen than it is open
const NONE: readonly OpenedEmergency[] = [];

/** The time by the browser's clock, in milliseconds, told anew every second. */
function useNowMs(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
}

/** Records that were opened in an emergency since signing in, in memory alone. */
export interface OpenedEmergencies {
  nowMs: number;
  /** What is open now: one for a patient. */
  open: readonly OpenedEmergency[];
  /** Whether something was open for a patient, and has ended. */
  hasEnded: (patient: string) => boolean;
  add: (opened: OpenedEmergency) => void;
}

/** Keeps what was opened across pages, and lets go of the record when its time is over. */
export function useOpenedEmergencies(): OpenedEmergencies {
  const client = useQueryClient();
  const nowMs = useNowMs();
  const { data: all } = useQuery({
    queryKey: KEY,
    queryFn: () => NONE,
    initialData: NONE,
    enabled: false,
    gcTime: Number.POSITIVE_INFINITY,
  });
  const open = all.filter(({ endsMs }) => endsMs > nowMs);
  const ended = all.filter(({ endsMs }) => endsMs <= nowMs);
  const endedPatients = ended.map(({ patient }) => patient).join(' ');
  useEffect(() => {
    for (const patient of endedPatients.split(' ').filter((each) => each !== '')) {
      client.removeQueries({ queryKey: ['emergency-record', patient] });
      client.removeQueries({ queryKey: ['emergency-patient', patient], type: 'inactive' });
    }
  }, [client, endedPatients]);
  const add = useCallback(
    (opened: OpenedEmergency) =>
      client.setQueryData<readonly OpenedEmergency[]>(KEY, (before = NONE) => {
        const earlier = before.find(({ patient }) => patient === opened.patient);
        // As at the node: the longer one counts.
        const kept = earlier !== undefined && earlier.endsMs > opened.endsMs ? earlier : opened;
        return [kept, ...before.filter(({ patient }) => patient !== opened.patient)];
      }),
    [client],
  );
  const hasEnded = (patient: string) => ended.some((each) => each.patient === patient);
  return { nowMs, open, hasEnded, add };
}
