import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { type ProcessSpec, runningProcess, stopProcess, writePidFile } from './supervised-process.ts';
import { Supervisor } from './supervisor.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-supervisor-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const spec = (name: string): ProcessSpec => ({
  ...{ name, program: process.execPath, args: ['-e', 'setInterval(() => {}, 1000)'], environment: {} },
  ...{ cwd: folder, log: join(folder, `${name}.log`), pidFile: join(folder, `${name}.json`) },
});
const running = (name: string) => runningProcess(spec(name).pidFile);

test('a killed process is started again, and a stopped one is not', async () => {
  const supervisor = new Supervisor();
  supervisor.keep(spec('killed'));
  const first = running('killed')!;
  process.kill(first.pid, 'SIGKILL');
  await vi.waitFor(() => expect(running('killed')?.pid ?? first.pid).not.toBe(first.pid), 10_000);
  await supervisor.stop();
  expect(running('killed')).toBeUndefined();
});

test('another supervisor takes over what runs, without a restart', async () => {
  const before = new Supervisor();
  before.keep(spec('kept'));
  const { pid } = running('kept')!;
  await before.release();
  const events: string[] = [];
  const after = new Supervisor(({ event }) => events.push(event));
  after.keep(spec('kept'));
  expect(running('kept')?.pid).toBe(pid);
  expect(events).toEqual(['attached']);
  await after.stop();
});

test('a process number that went to another process is never signalled', async () => {
  const { pidFile } = spec('reused');
  writePidFile(pidFile, process.pid);
  const { mark } = runningProcess(pidFile)!;
  expect(mark).not.toBe('');
  const { writeFileSync } = await import('node:fs');
  writeFileSync(pidFile, JSON.stringify({ pid: process.pid, mark: `${mark}0` }));
  expect(await stopProcess(pidFile)).toBe(false);
});
