// Loaded before a program of the test (`--import <this file>?of=<organisation>&ms=<offset>`): sets the wall clock of one
// organisation's processes off, and of no other.
const { searchParams } = new URL(import.meta.url);
const organisation = searchParams.get('of');
const offsetMs = Number(searchParams.get('ms'));
const isChaincode = process.env.HOLDFAST_CHAINCODE_ORGANISATION === organisation;
const isNode = process.argv.some(
  (each, at) => each === '--data' && process.argv[at + 1]?.endsWith(`/${organisation}`),
);
if (isChaincode || isNode) {
  const Real = Date;
  class ShiftedDate extends Real {
    constructor(...given) {
      if (given.length === 0) super(Real.now() + offsetMs);
      else super(...given);
    }
    static now() {
      return Real.now() + offsetMs;
    }
  }
  globalThis.Date = ShiftedDate;
}
