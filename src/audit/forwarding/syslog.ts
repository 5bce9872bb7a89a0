import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type Destination, type Forwarded, ForwardingError, type Gravity } from './forwarded.ts';

/** Facility 13, log audit (RFC 5424 §6.2.1). */
const FACILITY = 13;
/** Notice, warning, error (RFC 5424 §6.2.1). */
const SEVERITY: Readonly<Record<Gravity, number>> = { success: 5, refused: 4, failed: 3 };
/** Begins a message in UTF-8 (RFC 5424 §6.4). */
const BOM = '\uFEFF';
/** Where `sequenceId` begins again (RFC 5424 §7.3.1). */
const MAX_SEQUENCE = 2_147_483_647; // as the standard has it
/** A receiver that takes longer is asked again. */
const TIMEOUT_MS = 30_000; // as long as for any receiver

/** How a syslog receiver is reached. */
export interface SyslogOptions {
  readonly host: string;
  readonly port: number;
  /** TLS (RFC 5425); without it plain TCP (RFC 6587), for a receiver on this machine. */
  readonly tls: boolean;
  /** PEM of the authority that the receiver's certificate is checked against; the system's own when left out. */
  readonly ca?: string;
  readonly organisation: string;
  readonly hostname: string;
  readonly version: string;
}

/** One message of RFC 5424, without framing. */
export function syslogMessage(
  { entry, time, text, gravity, name }: Forwarded,
  { organisation, hostname, version }: Pick<SyslogOptions, 'organisation' | 'hostname' | 'version'>,
): string {
  const priority = FACILITY * 8 + SEVERITY[gravity];
  const origin = `[origin software="holdfast" swVersion="${quoted(version)}"]`;
  const sequence = `[meta sequenceId="${(entry % MAX_SEQUENCE) + 1}"]`;
  const header = `<${priority}>1 ${time.toISOString()} ${printable(hostname, 255)} holdfast ${printable(organisation, 128)} ${printable(name, 32)}`;
  return `${header} ${origin}${sequence} ${BOM}${text}`;
}

/** A header field holds printable US-ASCII of limited length, or `-` (RFC 5424 §6). */
function printable(text: string, length: number): string {
  return text.replace(/[^\x21-\x7e]/g, '').slice(0, length) || '-';
}

/** In a parameter's value `"`, `\` and `]` are escaped (RFC 5424 §6.3.3). */
function quoted(text: string): string {
  return text.replace(/["\\\]]/g, (character) => `\\${character}`);
}

/** A message counted in octets (RFC 6587 §3.4.1, RFC 5425 §4.3): its text may hold anything. */
export function framed(message: string): Buffer {
  const bytes = Buffer.from(message);
  return Buffer.concat([Buffer.from(`${bytes.length} `), bytes]);
}

/**
 * Sends batches by syslog, a connection each. Syslog has no acknowledgement: a batch counts as received when the receiver, having
 * read to the end, closes the connection without an error. One that breaks off comes again, whole.
 */
export function syslogDestination(options: SyslogOptions): Destination {
  return {
    send: (batch) =>
      new Promise((resolve, reject) => {
        const fail = (message: string, cause?: unknown) => {
          socket.destroy();
          reject(new ForwardingError(message, { cause }));
        };
        const send = () => {
          for (const each of batch) socket.write(framed(syslogMessage(each, options)));
          socket.end();
        };
        const socket = open(options, send);
        socket.setTimeout(TIMEOUT_MS, () => fail('The syslog receiver does not take the batch in time.'));
        socket.on('error', (cause) => fail('The syslog receiver cannot be reached.', cause));
        // What it says is not listened to, but must be read, or its end is never seen.
        socket.resume();
        socket.on('close', (hadError) => {
          if (!hadError && socket.writableFinished && socket.readableEnded) resolve();
          else fail('The syslog receiver broke off.');
        });
      }),
  };
}

function open({ host, port, tls, ca }: SyslogOptions, ready: () => void): Socket {
  if (!tls) return connectTcp({ host, port, allowHalfOpen: true }, ready);
  return connectTls(
    {
      host,
      port,
      servername: host,
      minVersion: 'TLSv1.2',
      ...(ca === undefined ? {} : { ca }),
    },
    ready,
  );
}
