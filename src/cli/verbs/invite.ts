import { dataFolder, folderConfiguration, inviteToFolder, passphraseFor } from '../../node/index.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import type { Output } from '../output.ts';

/** Options of `holdfast users invite`. */
export interface InviteOptions {
  readonly data?: string;
  readonly org: string;
  readonly login: string;
  readonly name?: string;
  readonly role: readonly string[];
  readonly fhirUser?: string;
}

/** `holdfast users invite`: lets somebody in who cannot be let in by an administrator at the portal. */
export async function inviteUser(options: InviteOptions, output: Output): Promise<ExitCode> {
  const { data, org, login, name = login, role, fhirUser } = options;
  const configuration = folderConfiguration(dataFolder(data, process.env), process.env);
  const invitation = inviteToFolder({
    configuration,
    organisation: org,
    passphrase: passphraseFor(configuration.mode, process.env),
    account: { login, name, roles: role, ...(fhirUser === undefined ? {} : { fhirUser }) },
  });
  output.line(`${invitation.login} sets a password here, once, before ${invitation.expires}:`);
  output.line(`  ${invitation.url}`);
  output.result(invitation);
  return EXIT.done;
}
