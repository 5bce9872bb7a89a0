import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { NetworkError } from './network-error.ts';
import { run } from './run-command.ts';

/** Fabric's version: the release whose commit the tools module requires. */
export const FABRIC_VERSION = '3.1.1';
/** Go's oldest release that builds it: what the tools module asks for. */
const GO_MINOR = 26; // go.mod of the tools module
/** The commands that a network needs. */
const COMMANDS = ['orderer', 'peer', 'osnadmin', 'configtxgen', 'configtxlator'] as const;

/** One of Fabric's commands. */
export type FabricCommand = (typeof COMMANDS)[number];

/** Where Fabric's commands and sample configuration are. */
export interface FabricBinaries {
  readonly command: (name: FabricCommand) => string;
  /** Folder with core.yaml and orderer.yaml. */
  readonly samples: string;
}

/** What finding or building needs. */
export interface BinariesRequest {
  /** The Go module that requires Fabric (ships with the package). */
  readonly toolsModule: string;
  /** A folder of official binaries, with `config` beside or inside it; never built when given. */
  readonly binaries?: string | undefined;
  readonly environment: NodeJS.ProcessEnv;
  readonly onProgress?: (what: string) => void;
}

/** Folder that outlives clones: `HOLDFAST_CACHE`, else `~/.cache/holdfast`. */
export function cacheFolder(environment: NodeJS.ProcessEnv): string {
  const given = environment.HOLDFAST_CACHE;
  return given !== undefined && given !== '' ? given : join(homedir(), '.cache', 'holdfast');
}

const isThere = (folder: string) => COMMANDS.every((name) => existsSync(join(folder, name)));
const SAMPLES = ['core.yaml', 'orderer.yaml'];
const hasSamples = (folder: string) => SAMPLES.every((name) => existsSync(join(folder, name)));

function given(folder: string): FabricBinaries {
  const bin = [folder, join(folder, 'bin')].find(isThere);
  if (bin === undefined)
    throw new NetworkError(
      'binaries-missing',
      `${folder} lacks some of ${COMMANDS.join(', ')}: unpack Fabric ${FABRIC_VERSION}'s release there, or leave --binaries out to build them.`,
    );
  const samples = [join(folder, 'config'), join(bin, '..', 'config'), bin].find(hasSamples);
  if (samples === undefined)
    throw new NetworkError(
      'binaries-missing',
      `No core.yaml and orderer.yaml beside ${bin}: Fabric's release has them in its folder config.`,
    );
  return { command: (name) => join(bin, name), samples };
}

/** Go's minor version as `go version` tells it; undefined when there is none or it is another program. */
export function goMinor(text: string): number | undefined {
  const minor = /\bgo1\.(\d+)/.exec(text)?.[1];
  return minor === undefined ? undefined : Number(minor);
}

async function requireGo(environment: NodeJS.ProcessEnv): Promise<void> {
  const fix = `Install Go 1.${GO_MINOR} or newer (https://go.dev/dl) and run this again, or unpack Fabric ${FABRIC_VERSION}'s official binaries and name their folder with --binaries.`;
  let told: string;
  try {
    told = (await run('go', ['version'], { environment })).stdout;
  } catch (cause) {
    throw new NetworkError(
      'go-missing',
      `Fabric's programs are not built yet and Go is not installed. ${fix}`,
      { cause },
    );
  }
  const minor = goMinor(told);
  if (minor === undefined || minor < GO_MINOR)
    throw new NetworkError(
      'go-missing',
      `Fabric's programs are not built yet and this Go is too old (${told.trim()}). ${fix}`,
    );
}

/** True when binaries are there, or Go is to build them. */
export async function canBuild({ environment }: Pick<BinariesRequest, 'environment'>): Promise<boolean> {
  const folder = join(cacheFolder(environment), `fabric-${FABRIC_VERSION}`);
  if (isThere(join(folder, 'bin')) && hasSamples(join(folder, 'config'))) return true;
  return requireGo(environment).then(
    () => true,
    () => false,
  );
}

/**
 * Finds Fabric's commands, or builds them into the cache: about 75 s on two idle cores, once for all clones. Rejects with
 * NetworkError `go-missing`, `binaries-missing` or `build-failed`.
 */
export async function fabricBinaries(request: BinariesRequest): Promise<FabricBinaries> {
  const { binaries, environment, onProgress } = request;
  if (binaries !== undefined) return given(binaries);
  const folder = join(cacheFolder(environment), `fabric-${FABRIC_VERSION}`);
  const found = {
    command: (name: FabricCommand) => join(folder, 'bin', name),
    samples: join(folder, 'config'),
  };
  if (isThere(join(folder, 'bin')) && hasSamples(found.samples)) return found;
  await requireGo(environment);
  onProgress?.(`building Fabric ${FABRIC_VERSION} with Go: once, a minute or two`);
  await build(folder, request);
  return found;
}

async function build(
  folder: string,
  { toolsModule, environment, onProgress }: BinariesRequest,
): Promise<void> {
  // Beside the final place and moved there as a whole: two builds at once never leave half of one.
  const next = `${folder}.${process.pid}`;
  const go = {
    cwd: toolsModule,
    environment: { ...environment, CGO_ENABLED: '0', GOBIN: join(next, 'bin'), GOFLAGS: '-trimpath' },
  };
  mkdirSync(join(next, 'bin'), { recursive: true });
  try {
    await watched(run('go', ['install', 'tool'], go), onProgress);
    const module = await run('go', ['list', '-m', '-f', '{{.Dir}}', 'github.com/hyperledger/fabric'], go);
    mkdirSync(join(next, 'config'));
    for (const name of SAMPLES)
      copyFileSync(join(module.stdout.trim(), 'sampleconfig', name), join(next, 'config', name));
    if (!isThere(join(folder, 'bin'))) {
      rmSync(folder, { recursive: true, force: true });
      renameSync(next, folder);
    }
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : '';
    throw new NetworkError(
      'build-failed',
      `Go could not build Fabric (it downloads modules the first time): ${said}`,
      { cause },
    );
  } finally {
    rmSync(next, { recursive: true, force: true });
  }
}

const TELL_MS = 5_000; // a person sees that it goes on

async function watched<T>(work: Promise<T>, onProgress: BinariesRequest['onProgress']): Promise<T> {
  const began = performance.now();
  const timer = setInterval(
    () => onProgress?.(`building Fabric: ${Math.round((performance.now() - began) / 1000)} s`),
    TELL_MS,
  );
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}
