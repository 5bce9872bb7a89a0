/** What a write is answered with (FHIR R4 §ops, RFC 7240). */
export type ReturnPreference = 'minimal' | 'representation' | 'OperationOutcome';

const RETURN = /(?:^|[,;\s])return\s*=\s*"?(minimal|representation|OperationOutcome)"?(?=$|[,;\s])/i;

/** The `return` preference of a Prefer header; undefined when it states none that this server knows. */
export function returnPreference(prefer: string | undefined): ReturnPreference | undefined {
  const found = prefer === undefined ? undefined : RETURN.exec(prefer)?.[1]?.toLowerCase();
  if (found === 'operationoutcome') return 'OperationOutcome';
  return found === 'minimal' || found === 'representation' ? found : undefined;
}
