import { asElement, type Element, objectsIn } from './element.ts';

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** A Coding by what people call it, else by its code. */
const codingWord = ({ display, code }: Element): string | undefined => textOf(display) ?? textOf(code);

function codingWords(codings: unknown): string[] {
  return objectsIn(codings).flatMap((each) => codingWord(each) ?? []);
}

function conceptWords(concepts: unknown): string[] {
  return objectsIn(concepts).flatMap((each) => textOf(each.text) ?? codingWords(each.coding));
}

function actorWord({ reference }: Element): string | undefined {
  const target = asElement(reference) ?? {};
  return textOf(target.display) ?? textOf(asElement(target.identifier)?.value) ?? textOf(target.reference);
}

function periodWords(period: unknown): string | undefined {
  const { start, end } = asElement(period) ?? {};
  const words = [
    ...(typeof start === 'string' ? [`from ${start}`] : []),
    ...(typeof end === 'string' ? [`until ${end}`] : []),
  ];
  return words.length === 0 ? undefined : words.join(' ');
}

/** One provision and those in it, outermost first. */
function provisionWords(provision: Element, isRoot: boolean): string[] {
  const list = (name: string, words: readonly string[]) =>
    words.length === 0 ? [] : [`${name} ${words.join(', ')}`];
  const {
    type,
    actor,
    action,
    purpose,
    securityLabel,
    class: classes,
    code,
    data,
    period,
    dataPeriod,
  } = provision;
  const recipients = objectsIn(actor).flatMap((each) => actorWord(each) ?? []);
  const information = [...codingWords(securityLabel), ...codingWords(classes), ...conceptWords(code)];
  const references = objectsIn(data).flatMap(
    ({ reference }) => textOf(asElement(reference)?.reference) ?? [],
  );
  const time = periodWords(period);
  const dataTime = periodWords(dataPeriod);
  const parts = [
    ...list('to', recipients),
    ...list('for', codingWords(purpose)),
    ...list('to do', conceptWords(action)),
    ...list('information', [...information, ...references]),
    ...(dataTime === undefined ? [] : [`information of the time ${dataTime}`]),
    ...(time === undefined ? [] : [`in force ${time}`]),
  ];
  const verb = type === 'deny' ? 'denies' : 'permits';
  const own =
    isRoot && parts.length === 0
      ? []
      : [`${isRoot ? 'It' : 'As an exception it'} ${verb}: ${parts.join('; ')}.`];
  return [...own, ...objectsIn(provision.provision).flatMap((each) => provisionWords(each, false))];
}

/**
 * The scope of a FHIR Consent in words: who may receive what, for which purpose and until when, with its exceptions. It accompanies
 * what is disclosed under the consent (42 CFR 2.32(b)).
 */
export function scopeInWords(consent: Element): string {
  const { dateTime, provision } = consent;
  const signed =
    typeof dateTime === 'string' ? `The patient's consent of ${dateTime}.` : "The patient's consent.";
  return [signed, ...provisionWords(asElement(provision) ?? {}, true)].join(' ');
}
