import { type Configuration, loadConfiguration } from '../configuration.ts';
import { demoConfiguration } from '../demo/demo-configuration.ts';
import { readDemo } from '../demo/demo-folder.ts';

/**
 * The configuration of a data folder that is there, a demo's included. Throws NodeError `not-initialised` or
 * `configuration-invalid`.
 */
export function folderConfiguration(data: string, environment: NodeJS.ProcessEnv): Configuration {
  return readDemo(data) === undefined
    ? loadConfiguration(data, environment)
    : demoConfiguration(data, environment);
}
