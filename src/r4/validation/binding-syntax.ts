/** Rules of syntax for code systems that no list can hold, or whose list changes outside FHIR. */
type IsCode = (code: string) => boolean;

// RFC 6838 §4.2 (BCP 13) says what a type is; parameters are MIME's affair and R4's own examples write them with spaces.
// R4 also writes the formats of an interface as xml, json, ttl.
const NAME = '[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}';
const MEDIA_TYPE = new RegExp(`^(?:${NAME}/${NAME}(?:\\s*;.*)?|xml|json|ttl)$`);
const CURRENCY = /^[A-Z]{3}$/;
// The Unified Code for Units of Measure §4: printable ASCII without white space.
const UNIT = /^[!-~]+$/;

/** By code system: BCP 13, ISO 4217, UCUM. */
export const SYNTAX: ReadonlyMap<string, IsCode> = new Map<string, IsCode>([
  ['urn:ietf:bcp:13', (code) => MEDIA_TYPE.test(code)],
  ['urn:iso:std:iso:4217', (code) => CURRENCY.test(code)],
  ['http://unitsofmeasure.org', (code) => UNIT.test(code)],
]);
