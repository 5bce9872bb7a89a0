// Loaded into a node under test by --import: counts what it writes, names each write point by where in the source it stands,
// and ends the process by SIGKILL at the one it is told. It changes nothing else.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { DatabaseSync, StatementSync } from 'node:sqlite';

const note = process.env.HOLDFAST_KILL_NOTE;
const target = process.env.HOLDFAST_KILL_POINT;
const occurrence = Number(process.env.HOLDFAST_KILL_OCCURRENCE ?? 1);
const isAfter = process.env.HOLDFAST_KILL_WHEN === 'after';
const original = { writeFileSync: fs.writeFileSync };
const seen = new Map();
let isArmed = false;
let reached = 0;

/** Where in the product a write comes from: `src/log/publisher.ts publish`, below the rooms that only pass it on. */
function origin() {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 40;
  const frames = (new Error().stack ?? '').split('\n').slice(2);
  Error.stackTraceLimit = limit;
  const frame = frames.find(
    (each) => /\/(src|dist)\//.test(each) && !/\/database\//.test(each) && !/kill-switch/.test(each),
  );
  const [, name = '', path = ''] =
    /at (?:async )?(?:(\S+) (?:\[as \S+\] )?\()?.*?\/((?:src|dist)\/\S+?):\d+/.exec(frame ?? '') ?? [];
  return `${path} ${name.replace(/^.*\./, '')}`;
}

function point(what) {
  const label = `${origin()} ${what}`.replaceAll(/\s+/g, ' ');
  seen.set(label, (seen.get(label) ?? 0) + 1);
  return label;
}

function die(label) {
  if (note !== undefined) original.writeFileSync(note, label);
  process.kill(process.pid, 'SIGKILL');
  for (;;); // the signal is on its way
}

function around(what, work) {
  if (!isArmed) return work();
  const label = point(what);
  const isIt = label === target && ++reached === occurrence;
  if (isIt && !isAfter) die(label);
  const result = work();
  if (isIt) die(label);
  return result;
}

const verb = (sql) =>
  /^\s*(INSERT|UPDATE|DELETE|REPLACE|COMMIT|CREATE|PRAGMA wal_checkpoint)(?:\s+(?:OR \w+\s+)?(?:INTO|FROM)?\s*"?(\w+))?/i.exec(
    sql,
  );

for (const method of ['run', 'get', 'all']) {
  const inner = StatementSync.prototype[method];
  StatementSync.prototype[method] = function patched(...parameters) {
    const match = isArmed ? verb(this.sourceSQL) : null;
    if (match === null) return inner.apply(this, parameters);
    return around(`${match[1].toUpperCase()} ${match[2] ?? ''}`, () => inner.apply(this, parameters));
  };
}
const exec = DatabaseSync.prototype.exec;
DatabaseSync.prototype.exec = function patched(sql) {
  const match = isArmed ? verb(sql) : null;
  return match === null ? exec.call(this, sql) : around(match[1].toUpperCase(), () => exec.call(this, sql));
};
for (const method of ['writeFileSync', 'writeSync', 'renameSync', 'fsyncSync', 'unlinkSync']) {
  const inner = fs[method];
  fs[method] = (...parameters) => {
    const isStream = method === 'writeSync' && (parameters[0] === 1 || parameters[0] === 2);
    return isStream ? inner(...parameters) : around(`fs.${method}`, () => inner(...parameters));
  };
}
syncBuiltinESMExports();

// Armed when the load has begun; without a target it only takes stock, and tells at the end.
process.on('SIGUSR2', () => {
  isArmed = true;
});
process.on('exit', () => {
  if (target === undefined && note !== undefined)
    original.writeFileSync(note, JSON.stringify(Object.fromEntries(seen)));
});
