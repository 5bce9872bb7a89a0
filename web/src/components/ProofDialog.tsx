import { Button, Group, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import type { ReceiptVerdict } from '../../../src/proof/index.ts';
import { Dialog } from './Dialog.tsx';
import type { RecordRow } from './record-row.ts';
import { VerdictWords } from './VerdictWords.tsx';

/** How long a browser may take to begin a download before its address is let go. */
const RELEASE_AFTER_MS = 10_000; // generous: it begins within milliseconds

function save(name: string, text: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), RELEASE_AFTER_MS);
}

/** What is proven about a record version, and its receipt and text to keep; closed while there is no row. */
export function ProofDialog(props: {
  row: RecordRow | undefined;
  verdict: ReceiptVerdict | undefined;
  onClose: () => void;
  /** What else can be done about it. */
  children?: ReactNode;
}) {
  const { row, verdict, onClose, children } = props;
  const { resource, resourceText, receipt } = row?.entry ?? {};
  const name = `${resource?.resourceType ?? 'record'}-${(resource?.id ?? '').slice(0, 8)}`;
  return (
    <Dialog
      opened={row !== undefined}
      onClose={onClose}
      title={row === undefined ? '' : `Proof of ${row.title}`}
    >
      <Stack>
        {verdict !== undefined && <VerdictWords verdict={verdict} />}
        {receipt !== undefined && resourceText !== undefined && (
          <Group gap="xs">
            <Button
              variant="light"
              onClick={() => save(`${name}.receipt.json`, receipt, 'application/vnd.holdfast.receipt+json')}
            >
              Save the receipt
            </Button>
            <Button
              variant="default"
              onClick={() => save(`${name}.json`, resourceText, 'application/fhir+json')}
            >
              Save the record
            </Button>
          </Group>
        )}
        {children}
      </Stack>
    </Dialog>
  );
}
