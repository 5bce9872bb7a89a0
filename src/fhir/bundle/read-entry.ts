import { reachOf } from '../access.ts';
import type { Context } from '../context.ts';
import { findOperation } from '../operations/dispatch.ts';
import { parseReadQuery } from '../read-query.ts';
import { criteria } from '../search/criteria.ts';
import type { EntryRequest } from './bundle-request.ts';

/**
 * Judges an entry that reads as far as that goes beforehand, so that one which could never be answered stops a transaction before
 * anything is written. Throws FhirError. An entry that writes is judged with what it writes.
 */
export function checkRead(context: Context, { interaction, query, method }: EntryRequest): void {
  const { principal } = context;
  switch (interaction.kind) {
    case 'read':
    case 'vread':
      reachOf(principal, interaction.type, 'r');
      parseReadQuery(context, interaction.type, query);
      return;
    case 'search':
      reachOf(principal, interaction.type, 's');
      criteria(context, interaction.type, query);
      return;
    case 'operation':
      findOperation(context.services.operations, interaction, method, 'entry');
  }
}
