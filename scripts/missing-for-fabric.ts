/** Why nothing runs on Fabric here; undefined when it can. */
export const missingForFabric = async (): Promise<string | undefined> =>
  (await import('../test/faults/fabric/availability.ts')).missingForFabric();
