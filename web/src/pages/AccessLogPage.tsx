import { Badge, Stack, Switch, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Access, fetchAccessLog } from '../api/access-log.ts';
import { fetchStaffNames, type StaffNames } from '../api/staff-names.ts';
import { type NameOf, namesOf, useNetwork } from '../components/organisation-name.ts';
import { PageHeading } from '../components/PageHeading.tsx';
import { Empty, Failed, Waiting } from '../components/Status.tsx';
import { when } from '../components/when.ts';
import { useSession } from '../session/session.ts';

const NO_NAMES: StaffNames = new Map();

function askerWords({ asker, organisation }: Access, nameOf: NameOf, names: StaffNames): string {
  switch (asker.kind) {
    case 'self':
      return 'You';
    case 'representative':
      return 'Who may ask for you';
    case 'organisation':
      return nameOf(asker.value);
    case 'program':
      // A member's own node appears under the member's id.
      return nameOf(asker.value) === asker.value ? `The program “${asker.value}”` : nameOf(asker.value);
    case 'staff':
      return names.get(`${organisation}/${asker.value}`) ?? 'A member of staff';
    case 'unknown':
      return 'Somebody unknown';
  }
}

function AccessRow({ access, nameOf, names }: { access: Access; nameOf: NameOf; names: StaffNames }) {
  return (
    <li>
      <Text size="sm" className="quiet">
        <time dateTime={access.time}>{when(access.time)}</time>
      </Text>
      <div className="what">
        <Text size="sm" className="name">
          <b>{askerWords(access, nameOf, names)}</b> {access.what}
          {access.purpose === '' ? '' : ` ${access.purpose}`}
        </Text>
      </div>
      <Text size="sm" className="quiet where">
        {nameOf(access.organisation)}
      </Text>
      <div className="end">
        {!access.allowed && (
          <Badge variant="light" tt="none" color="coral">
            refused
          </Badge>
        )}
      </div>
    </li>
  );
}

/** Every access to the patient's data, in words. */
export function AccessLogPage() {
  const session = useSession();
  const network = useNetwork();
  const [own, setOwn] = useState(false);
  const log = useQuery({ queryKey: ['access-log'], queryFn: () => fetchAccessLog(session) });
  const names = useQuery({
    queryKey: ['staff-names', log.dataUpdatedAt],
    queryFn: () => fetchStaffNames(session, log.data ?? []),
    enabled: log.isSuccess,
  });
  if (log.isPending) return <Waiting what="Reading the access logs" />;
  if (log.isError) return <Failed error={log.error} what="Your access log" />;
  const nameOf = namesOf(network.data);
  const shown = log.data.filter(({ asker }) => own || asker.kind !== 'self');
  return (
    <Stack>
      <PageHeading title="Who looked at my record">
        Each line is an entry of an organisation's log, witnessed by the others. It cannot be removed without
        that showing.
      </PageHeading>
      <Switch
        label="Show my own visits too"
        checked={own}
        onChange={(event) => setOwn(event.currentTarget.checked)}
      />
      {shown.length === 0 ? (
        <Empty>{own ? 'Nobody has looked yet.' : 'Nobody but you has looked yet.'}</Empty>
      ) : (
        <ul className="rows" aria-label="Accesses">
          {shown.map((access) => (
            <AccessRow key={access.key} access={access} nameOf={nameOf} names={names.data ?? NO_NAMES} />
          ))}
        </ul>
      )}
    </Stack>
  );
}
