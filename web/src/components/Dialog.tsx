import { CloseButton, Group, Title } from '@mantine/core';
import { type ReactNode, useEffect, useId, useRef } from 'react';

/** A question or an explanation in front of the page: the browser's own dialog keeps the focus inside and gives it back. */
export function Dialog(props: { opened: boolean; title: string; onClose: () => void; children: ReactNode }) {
  const { opened, title, onClose, children } = props;
  const element = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    if (opened) element.current?.showModal();
    else element.current?.close();
  }, [opened]);
  return (
    <dialog ref={element} className="dialog" aria-labelledby={heading} onClose={onClose}>
      {opened && (
        <>
          <Group justify="space-between" wrap="nowrap" align="flex-start" mb="sm">
            <Title order={2} id={heading}>
              {title}
            </Title>
            <CloseButton aria-label="Close" onClick={onClose} />
          </Group>
          {children}
        </>
      )}
    </dialog>
  );
}
