import { Button, Text } from '@mantine/core';
import { useState } from 'react';
import type { ReceiptVerdict } from '../../../src/proof/index.ts';
import type { NameOf } from './organisation-name.ts';
import type { RecordRow } from './record-row.ts';

/** Rows shown of one section at first; a life has thousands of measurements. */
const FIRST_ROWS = 30; // two or three screens on a phone

function Proof(props: { row: RecordRow; verdict: ReceiptVerdict | undefined; onOpen: () => void }) {
  const { row, verdict, onOpen } = props;
  if (verdict === undefined) {
    return (
      <Text size="sm" className="quiet">
        no receipt yet
      </Text>
    );
  }
  return (
    <Button
      size="compact-sm"
      variant="light"
      color={verdict.ok ? 'kelp' : 'coral'}
      onClick={onOpen}
      aria-label={`Proof of ${row.title} ${row.date}: ${verdict.ok ? 'verified' : 'refused'}`}
    >
      {verdict.ok ? 'verified' : 'refused'}
    </Button>
  );
}

/** The rows of one section: when, what, where, and whether it was proven. */
export function RecordSection(props: {
  rows: readonly RecordRow[];
  verdicts: ReadonlyMap<string, ReceiptVerdict>;
  nameOf: NameOf;
  onProof: (row: RecordRow) => void;
}) {
  const { rows, verdicts, nameOf, onProof } = props;
  const [all, setAll] = useState(false);
  const shown = all ? rows : rows.slice(0, FIRST_ROWS);
  return (
    <>
      <ul className="rows">
        {shown.map((row) => (
          <li key={row.entry.fullUrl}>
            <Text size="sm" className="quiet">
              {row.date === '' ? 'no date' : <time dateTime={row.date}>{row.date}</time>}
            </Text>
            <div className="what">
              <Text size="sm" className="name">
                {row.title}
              </Text>
              {row.detail !== '' && (
                <Text size="sm" fw={600} className="name">
                  {row.detail}
                </Text>
              )}
            </div>
            <Text size="sm" className="quiet where">
              {nameOf(row.entry.organisation)}
            </Text>
            <div className="end">
              <Proof row={row} verdict={verdicts.get(row.entry.fullUrl)} onOpen={() => onProof(row)} />
            </div>
          </li>
        ))}
      </ul>
      {shown.length < rows.length && (
        <Button variant="default" mt="sm" onClick={() => setAll(true)}>
          Show all {rows.length}
        </Button>
      )}
    </>
  );
}
