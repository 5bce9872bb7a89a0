import { Box, Text } from '@mantine/core';
import { type DragEvent, useState } from 'react';

/** Takes files that are dropped on it. Who cannot drag uses the file input beside it, which does the same. */
export function DropArea({
  children,
  onFiles,
}: {
  children: string;
  onFiles: (files: readonly File[]) => void;
}) {
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    onFiles([...event.dataTransfer.files]);
  };
  return (
    <Box
      className="drop"
      data-over={over || undefined}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <Text>{children}</Text>
    </Box>
  );
}
