import { Alert, Center, Loader, Text } from '@mantine/core';
import { ApiError } from '../api/http.ts';

/** Shown while something is fetched. */
export function Waiting({ what }: { what: string }) {
  return (
    <Center py="xl" role="status">
      <Loader size="sm" mr="sm" aria-hidden="true" />
      <Text>{what}…</Text>
    </Center>
  );
}

/** Shown when something could not be fetched: what happened, and what to do. */
export function Failed({ error, what }: { error: unknown; what: string }) {
  const known = error instanceof ApiError;
  return (
    <Alert color="red.9" title={`${what} could not be loaded`} role="alert">
      {known ? error.message : 'Something went wrong in this page.'}
      {known && error.code !== 'unknown' ? ` (${error.code})` : ''}
    </Alert>
  );
}

/** Shown where a list has nothing. */
export function Empty({ children }: { children: string }) {
  return (
    <Text py="lg" role="status">
      {children}
    </Text>
  );
}
