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

/** What people are told of an error: the node's own words where there are any. */
export function wordsOf(error: unknown): string {
  if (!(error instanceof ApiError)) return 'Something went wrong in this page. Reload it.';
  return error.code === 'unknown' ? error.message : `${error.message} (${error.code})`;
}

/** Says that something was refused or could not be done, and why. */
export function Refused({ title, error }: { title: string; error: unknown }) {
  return (
    <Alert color="coral" title={title} role="alert">
      {wordsOf(error)}
    </Alert>
  );
}

/** Shown when something could not be fetched: what happened, and what to do. */
export function Failed({ error, what }: { error: unknown; what: string }) {
  return <Refused title={`${what} could not be loaded`} error={error} />;
}

/** Shown where a list has nothing. */
export function Empty({ children }: { children: string }) {
  return (
    <Text py="md" className="quiet" role="status">
      {children}
    </Text>
  );
}
