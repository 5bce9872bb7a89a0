import { packChaincode } from '../network/chaincode-package.ts';

/** What the organisations approved: the definition's version, and the id of the package, which has the whole hash of the code. */
export interface ApprovedCode {
  readonly version: string;
  readonly packageId: string;
}

/**
 * Why a chaincode process must not start: version or package name other code than this bundle. Undefined when it may. It stops an
 * honest operator's mistake; what an altered program answers is stopped by the endorsement policy.
 */
export function refusalToStart(
  approved: ApprovedCode,
  semver: string,
  bundle: Uint8Array,
): string | undefined {
  const [name = ''] = approved.packageId.split('_');
  const own = packChaincode({ name, semver, bundle });
  if (approved.version === own.version && approved.packageId === own.packageId) return undefined;
  const wanted = `${approved.version} (${approved.packageId})`;
  return `the organisations approved ${wanted}, this code is ${own.version} (${own.packageId}); install the approved release`;
}
