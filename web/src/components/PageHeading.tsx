import { Text, Title } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';

/** The name of a page, in the page and in the window's title, and one sentence on what it shows. */
export function PageHeading({ title, children }: { title: string; children?: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Holdfast`;
  }, [title]);
  return (
    <div>
      <Title order={1}>{title}</Title>
      {children !== undefined && (
        <Text mt={6} className="quiet" maw="65ch">
          {children}
        </Text>
      )}
    </div>
  );
}
