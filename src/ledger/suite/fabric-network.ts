import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type FabricEngine, openEngine } from '../fabric/engine.ts';
import {
  approveDefinition,
  commitDefinition,
  type DefinedChaincode,
} from '../fabric/network/chaincode-lifecycle.ts';
import { hostedPlans } from '../fabric/network/network-context.ts';
import {
  type RunningNetwork,
  type StartNetworkOptions,
  startNetwork,
} from '../fabric/network/start-network.ts';
import { type FabricProfile, readProfile } from '../fabric/profile.ts';
import type { Ledger } from '../index.ts';
import { LedgerError } from '../index.ts';
import type { EngineUnderTest, StartEngine, TestConnection } from './test-network.ts';
