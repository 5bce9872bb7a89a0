import { writeSync } from 'node:fs';
import { openHospital } from './hospital.ts';
import { runWorkload } from './workload.ts';
import { watched } from './write-points.ts';

// Runs the workload in a folder and kills itself at the write point whose number is given; says on standard output what
// was acknowledged before.

const [folder = '', point = '0', rounds = '4'] = process.argv.slice(2);
let seen = 0;
const hospital = await openHospital({
  folder,
  wrap: (database) =>
    watched(database, () => {
      seen += 1;
      if (seen === Number(point)) process.kill(process.pid, 'SIGKILL');
    }),
});
await runWorkload(hospital, Number(rounds), (each) => writeSync(1, `${JSON.stringify(each)}\n`));
await hospital.close();
writeSync(1, `"${seen} points"\n`);
