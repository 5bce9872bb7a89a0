import { CommanderError } from 'commander';
import { EXIT, type ExitCode } from './exit-code.ts';
import { failureOf, tellFault } from './failure.ts';
import { processOutput } from './output.ts';
import { createProgram, type Verb } from './program.ts';

const given = process.argv.slice(2);
const wantsJson = given.includes('--json');

/** Everything written is with the reader before the process ends, also through a pipe. */
function end(code: ExitCode): void {
  process.exitCode = code;
  process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
}

/** The product's version, when it is asked for: most verbs do without the node's parts. */
async function version(): Promise<string> {
  if (!given.includes('--version') && !given.includes('-V')) return '';
  return (await import('../node/index.ts')).VERSION;
}

async function report(error: unknown): Promise<ExitCode> {
  const { exit, code, message } = failureOf(error);
  const output = processOutput(wantsJson);
  output.result({ error: { code, message } });
  if (!wantsJson) process.stderr.write(`holdfast: ${message}\n`);
  if (code === 'internal') await tellFault(error, process.env);
  return exit;
}

async function run(verb: Verb): Promise<void> {
  let code: ExitCode;
  try {
    code = await verb(processOutput(wantsJson));
  } catch (error) {
    code = await report(error);
  }
  end(code);
}

async function main(): Promise<void> {
  // A closed pipe (`holdfast … | head`) ends the process without a word.
  process.stdout.on('error', () => process.exit(EXIT.done));
  try {
    await createProgram(await version(), run).parseAsync(given, { from: 'user' });
  } catch (error) {
    const shown = error instanceof CommanderError && error.exitCode === 0;
    end(shown ? EXIT.done : await report(error));
  }
}

await main();
