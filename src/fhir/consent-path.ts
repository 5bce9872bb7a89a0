/**
 * Creating, updating or deleting a Consent through FHIR is the custodian-recorded path: the ledger
 * transaction comes first (DESIGN §6). `consent` supplies it; both functions throw its room's error.
 */
export interface ConsentPath {
  /** Records a new Consent or a changed one; resolves when the ledger has it and the version is durable. */
  put(input: {
    id: string;
    text: string;
    actor: string;
    expectedVersion?: number;
  }): Promise<{ version: number }>;
  /** Revokes on the ledger, then deletes; the reason is the custodian's. */
  remove(input: { id: string; actor: string }): Promise<{ version: number }>;
}
