// Loaded into a node under test by --import: counts what it writes, names each write point by where in the source it stands,
// and ends the process by SIGKILL at the one it is told. It changes nothing else.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync, StatementSync } from 'node:sqlite';
import { isMainThread, threadId } from 'node:worker_threads';

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

// Armed when the load has begun; without a target it only takes stock, and tells at the end. A signal reaches the main thread
// only, so that it passes the word to the threads that commit; what they saw stands beside the note until it gathers it.
const word = new BroadcastChannel('holdfast kill switch');
word.unref();
const arm = () => {
  isArmed = true;
};
const takesStock = target === undefined && note !== undefined;
if (isMainThread) {
  process.on('SIGUSR2', () => {
    arm();
    word.postMessage('arm');
  });
} else word.onmessage = arm;

/** Adds what threads saw, which have ended before. */
function gather() {
  const folder = dirname(note);
  for (const name of fs.readdirSync(folder)) {
    if (!name.startsWith(`${basename(note)}.thread-`)) continue;
    const counts = JSON.parse(fs.readFileSync(join(folder, name), 'utf8'));
    for (const [label, count] of Object.entries(counts)) seen.set(label, (seen.get(label) ?? 0) + count);
    fs.rmSync(join(folder, name));
  }
}

process.on('exit', () => {
  if (!takesStock) return;
  isArmed = false;
  if (isMainThread) gather();
  const path = isMainThread ? note : `${note}.thread-${threadId}`;
  original.writeFileSync(path, JSON.stringify(Object.fromEntries(seen)));
});
