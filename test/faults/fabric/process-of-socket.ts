import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** A process of the network at the far end of a connection. */
export interface Caller {
  readonly pid: number;
  readonly organisation: string;
  readonly role: 'orderer' | 'peer' | 'chaincode' | 'node';
}

/** What a process is, from its folder and command line; undefined for one that is not of the network, such as the test. */
function identify(pid: number): Caller | undefined {
  const folder = readlinkSync(`/proc/${pid}/cwd`);
  const [, organisation, below] =
    /\/organisations\/([a-z][a-z0-9-]*)(?:\/(orderer|peer))?$/.exec(folder) ?? [];
  if (organisation !== undefined)
    return { pid, organisation, role: (below as 'orderer' | 'peer' | undefined) ?? 'chaincode' };
  const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  const data = line[line.indexOf('--data') + 1] ?? '';
  const isNode = line.includes('start') && line.includes('--demo') && !line.includes('--fabric');
  return isNode ? { pid, organisation: data.split('/').at(-1) ?? '', role: 'node' } : undefined;
}

/** TCP sockets of this machine over IPv4, as proc(5) describes `/proc/net/tcp`. */
function sockets(): { local: string; remote: string; state: string; inode: string }[] {
  return readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .map(([, local = '', remote = '', state = '', , , , , , inode = '']) => ({
      local,
      remote,
      state,
      inode,
    }));
}

/** A port as the table shows it after an address. */
const shown = (port: number) => `:${port.toString(16).toUpperCase().padStart(4, '0')}`;

/** The process that has a socket open. */
function ownerOf(inode: string): number | undefined {
  return readdirSync('/proc')
    .map(Number)
    .filter(Number.isSafeInteger)
    .find((pid) => filesOf(pid).includes(`socket:[${inode}]`));
}

/** What the descriptors of a process are; none of one that ended, or is not ours. */
function filesOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((file) => readlinkIfThere(`/proc/${pid}/fd/${file}`));
  } catch {
    return [];
  }
}

function readlinkIfThere(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

/** Whose connection it is, by its ports: of all processes here, the one that has the socket open. Linux only. */
export function callerAt(localPort: number, remotePort: number): Caller | undefined {
  const socket = sockets().find(
    ({ local, remote }) => local.endsWith(shown(localPort)) && remote.endsWith(shown(remotePort)),
  );
  const pid = socket === undefined ? undefined : ownerOf(socket.inode);
  return pid === undefined ? undefined : identify(pid);
}

const LISTEN = '0A'; // TCP_LISTEN

/** The process that listens at a port of loopback and is no proxy of this one; undefined when none does. Linux only. */
export function listenerAt(port: number): number | undefined {
  return sockets()
    .filter(({ local, state }) => local.endsWith(shown(port)) && state === LISTEN)
    .map(({ inode }) => ownerOf(inode))
    .find((pid) => pid !== undefined && pid !== process.pid);
}
