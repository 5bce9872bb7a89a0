import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { RevocationDelay } from '../../consent/index.ts';
import { sendProblem } from './problem.ts';

/** Seconds; from a cached read to a page that waits for a checkpoint. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** What one hosted organisation reports when asked. */
export interface OrganisationGauges {
  readonly organisation: string;
  readonly logSize: () => number;
  readonly cosignedSize: () => number;
  readonly alarms: () => number;
  /** Open event streams. */
  readonly streams: () => number;
  /** Hears how long revocations take to be refused by. */
  readonly onRevocation: (listener: (delay: RevocationDelay) => void) => void;
}

/** What the whole process reports when asked. */
export interface MetricsSource {
  readonly height: () => number;
  readonly ageSeconds: () => number;
  /** Certificates of the network underneath. */
  readonly certificates: () => readonly { readonly holder: string; readonly daysLeft: number }[];
  /** Blocks that the own view is behind the newest one known anywhere; undefined when nobody can be asked. */
  readonly lag: () => Promise<number | undefined>;
  readonly organisations: readonly OrganisationGauges[];
}

/** Headers by which a proxy says that somebody else is asking. */
const FORWARDING = ['x-forwarded-for', 'forwarded', 'x-real-ip', 'via'];

const loopback = (address: string | undefined): boolean =>
  address === '127.0.0.1' || address === '::1' || address === '::ffff:127.0.0.1';

function gauges(registry: Registry, source: MetricsSource): void {
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  gauge('holdfast_ledger_height', 'Height of the newest block seen.', source.height);
  gauge('holdfast_ledger_view_age_seconds', 'Age of the view of the ledger by own clock.', source.ageSeconds);
  new Gauge({
    name: 'holdfast_certificate_days_left',
    help: 'Whole days until a certificate of the network ends.',
    labelNames: ['holder'],
    registers: [registry],
    collect() {
      for (const { holder, daysLeft } of source.certificates()) this.set({ holder }, daysLeft);
    },
  });
  new Gauge({
    name: 'holdfast_ledger_lag_blocks',
    help: 'Blocks that the own view is behind the newest that a process of the network here has.',
    registers: [registry],
    async collect() {
      const lag = await source.lag();
      if (lag !== undefined) this.set(lag);
    },
  });
  const labelled = (name: string, help: string, read: (organisation: OrganisationGauges) => number) =>
    new Gauge({
      name,
      help,
      labelNames: ['organisation'],
      registers: [registry],
      collect() {
        for (const each of source.organisations) this.set({ organisation: each.organisation }, read(each));
      },
    });
  labelled('holdfast_log_entries', 'Entries of the log.', (each) => each.logSize());
  labelled('holdfast_log_cosigned_entries', 'Entries under a checkpoint with its quorum.', (each) =>
    each.cosignedSize(),
  );
  labelled('holdfast_event_streams', 'Event streams that are open.', (each) => each.streams());
  labelled('holdfast_alarms', 'Alarms about logs, never cleared.', (each) => each.alarms());
}

/** From a request here that is a few milliseconds, by the ledger a block, or as long as a member was away. */
const REVOCATION_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300]; // seconds

function revocations(registry: Registry, { organisations }: MetricsSource): void {
  const seconds = new Histogram({
    name: 'holdfast_revocation_seconds',
    help: 'From a revocation to refusal here: from its request at this organisation, or from its time on the ledger.',
    labelNames: ['organisation', 'from'],
    buckets: REVOCATION_BUCKETS,
    registers: [registry],
  });
  for (const { organisation, onRevocation } of organisations)
    onRevocation(({ seconds: took, from }) => seconds.observe({ organisation, from }, took));
}

/** Asked on this machine by itself, not through a proxy on it. */
const isLocal = ({ socket, headers }: FastifyRequest): boolean =>
  loopback(socket.remoteAddress) && FORWARDING.every((name) => headers[name] === undefined);

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** In a time that does not depend on how much of the token is right. */
const isToken = (token: string | undefined, header: string | undefined): boolean =>
  token !== undefined && header !== undefined && timingSafeEqual(digest(`Bearer ${token}`), digest(header));

/** `GET /metrics` (Prometheus) for loopback or the configured token, and the request metrics of every route. */
export function serveMetrics(app: FastifyInstance, source: MetricsSource, token: string | undefined): void {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  gauges(registry, source);
  revocations(registry, source);
  const labelNames = ['method', 'route', 'status'];
  const requests = new Counter({
    name: 'holdfast_http_requests_total',
    help: 'Requests answered.',
    labelNames,
    registers: [registry],
  });
  const seconds = new Histogram({
    name: 'holdfast_http_request_seconds',
    help: 'Time to answer.',
    labelNames: ['route'],
    buckets: BUCKETS,
    registers: [registry],
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    requests.inc({ method: request.method, route, status: reply.statusCode });
    seconds.observe({ route }, reply.elapsedTime / 1000);
  });
  app.get('/metrics', async (request, reply) => {
    if (!isToken(token, request.headers.authorization) && !isLocal(request))
      return sendProblem(reply, 403, 'not-permitted', 'Metrics are for loopback or the metrics token.');
    return reply.type(registry.contentType).send(await registry.metrics());
  });
}
