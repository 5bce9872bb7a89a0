import { describeLedger, startEmbedded } from '../suite/index.ts';

describeLedger('embedded', startEmbedded);
