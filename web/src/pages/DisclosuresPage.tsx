import { Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type Disclosure, fetchDisclosures } from '../api/audit.ts';
import { type NameOf, namesOf, useNetwork } from '../components/organisation-name.ts';
import { PageHeading } from '../components/PageHeading.tsx';
import { Empty, Failed, Waiting } from '../components/Status.tsx';
import { when } from '../components/when.ts';
import { useSession } from '../session/session.ts';

function DisclosureRow({ disclosure, nameOf }: { disclosure: Disclosure; nameOf: NameOf }) {
  const { date, name, address, description, purpose, organisation, exclusion } = disclosure;
  const why = purpose.map(({ display }) => display).join(' or ');
  return (
    <li>
      <Text size="sm" className="quiet">
        <time dateTime={date}>{when(date)}</time>
      </Text>
      <div className="what">
        <Text size="sm" className="name">
          <b>{name}</b>
          {address === undefined ? '' : `, ${address},`} was given {description}
          {why === '' ? '' : ` for ${why}`}.
        </Text>
        {exclusion !== undefined && (
          <Text size="sm" className="quiet">
            More than the law asks to be told of ({exclusion}).
          </Text>
        )}
      </div>
      <Text size="sm" className="quiet where">
        by {nameOf(organisation)}
      </Text>
    </li>
  );
}

/** Who outside the organisations was given the patient's data: the accounting of disclosures, in words. */
export function DisclosuresPage() {
  const session = useSession();
  const network = useNetwork();
  const found = useQuery({ queryKey: ['disclosures'], queryFn: () => fetchDisclosures(session) });
  if (found.isPending) return <Waiting what="Reading the accountings of disclosures" />;
  if (found.isError) return <Failed error={found.error} what="Your accounting of disclosures" />;
  const nameOf = namesOf(network.data);
  return (
    <Stack>
      <PageHeading title="Who was given my data">
        Every release to somebody outside the organisation that held the data, in the last six years: when, to
        whom, what, and why. Looking at a record inside an organisation stands under “Who looked”.
      </PageHeading>
      {found.data.length === 0 ? (
        <Empty>Nothing was given to anybody.</Empty>
      ) : (
        <ul className="rows" aria-label="Disclosures">
          {found.data.map((disclosure) => (
            <DisclosureRow
              key={`${disclosure.organisation}/${disclosure.event}`}
              disclosure={disclosure}
              nameOf={nameOf}
            />
          ))}
        </ul>
      )}
    </Stack>
  );
}
