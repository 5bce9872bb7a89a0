import { Badge, Button, Code, Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Block, fetchBlocks } from '../api/ledger.ts';
import type { NameOf } from './organisation-name.ts';
import { Empty, Failed } from './Status.tsx';
import { transactionWords } from './transaction-words.ts';

const REFRESH_MS = 2_000; // a block a second at most comes into view while people look on
const SHOWN = 20; // blocks of one screen

function BlockRow({ block, nameOf }: { block: Block; nameOf: NameOf }) {
  return (
    <li>
      <Text size="sm" fw={600}>
        block {block.height.toLocaleString()}
      </Text>
      <div className="what name">
        {block.transactions.length === 0 && (
          <Text size="sm" className="quiet">
            settings of the network, no transaction
          </Text>
        )}
        {block.transactions.map((each) => (
          <Text size="sm" key={each.id}>
            <b>{nameOf(each.submitter.organisation)}</b> {transactionWords(each)}{' '}
            {!each.valid && (
              <Badge variant="light" color="coral" tt="none">
                refused, changed nothing
              </Badge>
            )}
          </Text>
        ))}
        <Text size="xs" className="quiet hash">
          hash <Code>{block.hash.slice(0, 16)}…</Code>
        </Text>
      </div>
      <Text size="sm" className="quiet where">
        <time dateTime={block.time}>{new Date(block.time).toLocaleTimeString()}</time>
      </Text>
      <div className="end" />
    </li>
  );
}

/** Blocks with their transactions in words, newest first; older ones page by page, back to the first. */
export function BlockList({ nameOf }: { nameOf: NameOf }) {
  const [upTo, setUpTo] = useState<number>();
  const page = useQuery({
    queryKey: ['blocks', upTo],
    queryFn: () => fetchBlocks(upTo, SHOWN),
    refetchInterval: upTo === undefined ? REFRESH_MS : false,
    placeholderData: (before) => before,
  });
  if (page.isError) return <Failed error={page.error} what="The blocks" />;
  const blocks = page.data?.blocks ?? [];
  const oldest = blocks.at(-1)?.height ?? 0;
  return (
    <>
      {page.data !== undefined && blocks.length === 0 && <Empty>There is no block yet.</Empty>}
      <ul className="rows" aria-label="Blocks">
        {blocks.map((block) => (
          <BlockRow key={block.height} block={block} nameOf={nameOf} />
        ))}
      </ul>
      <Group mt="sm">
        <Button variant="default" disabled={upTo === undefined} onClick={() => setUpTo(undefined)}>
          Newest
        </Button>
        <Button variant="default" disabled={oldest === 0} onClick={() => setUpTo(oldest - 1)}>
          Older
        </Button>
      </Group>
    </>
  );
}
