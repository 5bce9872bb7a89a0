import { type Destination, type Forwarded, ForwardingError, type Gravity } from './forwarded.ts';

/** A receiver that takes longer is asked again. */
const TIMEOUT_MS = 30_000; // OTLP exporters' default is 10 s; a batch of audit events is larger than one of traces
/** Bytes of an answer that are read: a partial success and its reason. */
const MAX_ANSWER = 64 * 1024;
const NANOSECONDS = 1_000_000n; // in a millisecond

/** OpenTelemetry severity numbers: INFO, WARN, ERROR (Logs Data Model, SeverityNumber). */
const SEVERITY: Readonly<Record<Gravity, readonly [number, string]>> = {
  success: [9, 'INFO'],
  refused: [13, 'WARN'],
  failed: [17, 'ERROR'],
};

/** How an OTLP receiver is reached. */
export interface OtlpOptions {
  /** The base; `/v1/logs` is added (OTLP specification, OTLP/HTTP request). */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly organisation: string;
  readonly version: string;
  /** Told of records that the receiver refused for good. */
  readonly onRejected: (count: number, reason: string) => void;
}

/** The body of an ExportLogsServiceRequest in the JSON encoding of OTLP. */
export function otlpBody(
  batch: readonly Forwarded[],
  { organisation, version }: Pick<OtlpOptions, 'organisation' | 'version'>,
): string {
  const attribute = ([key, value]: [string, string]) => ({ key, value: { stringValue: value } });
  return JSON.stringify({
    resourceLogs: [
      {
        resource: {
          attributes: [
            ['service.name', 'holdfast'],
            ['service.version', version],
            ['service.instance.id', organisation],
          ].map(([key = '', value = '']) => attribute([key, value])),
        },
        scopeLogs: [
          {
            scope: { name: 'holdfast.audit', version },
            logRecords: batch.map(({ time, text, gravity, name, attributes }) => {
              const [severityNumber, severityText] = SEVERITY[gravity];
              // 64-bit integers are strings in JSON (protobuf JSON mapping).
              const timeUnixNano = String(BigInt(time.getTime()) * NANOSECONDS);
              return {
                timeUnixNano,
                observedTimeUnixNano: timeUnixNano,
                severityNumber,
                severityText,
                eventName: `audit.${name}`,
                body: { stringValue: text },
                attributes: Object.entries(attributes).map(attribute),
              };
            }),
          },
        ],
      },
    ],
  });
}

/** Sends batches by OTLP/HTTP with JSON. */
export function otlpDestination(options: OtlpOptions): Destination {
  const { url, headers = {}, onRejected } = options;
  const target = `${url.replace(/\/$/, '')}/v1/logs`;
  return {
    async send(batch) {
      let response: Response;
      try {
        response = await fetch(target, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body: otlpBody(batch, options),
          redirect: 'error',
          signal: AbortSignal.timeout(TIMEOUT_MS),
        });
      } catch (cause) {
        throw new ForwardingError('The OTLP receiver cannot be reached.', { cause });
      }
      const answer = (await response.text().catch(() => '')).slice(0, MAX_ANSWER);
      if (!response.ok) {
        // 429 and 503 may say when to come back; whatever else it is, somebody must put it right, and nothing is dropped meanwhile.
        const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
        const retryAfterMs = Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : undefined;
        throw new ForwardingError(`The OTLP receiver answered ${response.status}.`, { retryAfterMs });
      }
      const { rejected, reason } = partialSuccess(answer);
      // "The client MUST NOT retry the request when it receives a partial success response" (OTLP specification).
      if (rejected > 0) onRejected(rejected, reason);
    },
  };
}

function partialSuccess(answer: string): { rejected: number; reason: string } {
  try {
    const { partialSuccess: said } = JSON.parse(answer === '' ? '{}' : answer) as {
      partialSuccess?: { rejectedLogRecords?: number | string; errorMessage?: string };
    };
    return { rejected: Number(said?.rejectedLogRecords ?? 0), reason: String(said?.errorMessage ?? '') };
  } catch {
    return { rejected: 0, reason: '' };
  }
}
