import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Answer, type ConditionalHeaders, type Context, entryContext } from '../context.ts';
import { FhirError } from '../errors.ts';
import { findOperation } from '../operations/dispatch.ts';
import { absorb } from '../trail.ts';
import { asFhirError } from '../translate.ts';
import { type BundleRequest, type EntryRequest, entryRequest } from './bundle-request.ts';
import { atEntry, atEntryAsync } from './entry-refusal.ts';
import { type AnswerEntry, refusedAnswer } from './response.ts';
import { transaction } from './transaction.ts';

/** What the answers of one Bundle's entries may come to together, in characters. */
const MAX_ANSWER_CHARACTERS = 64 * 1024 * 1024; // it is held in memory once, and once more as the Bundle

/** Headers of one entry: its own conditions; the preference is the whole request's, and without one no content goes back. */
function headersOf(context: Context, entry: EntryRequest): ConditionalHeaders {
  const { ifMatch, ifNoneMatch, ifNoneExist } = entry;
  return {
    prefer: context.headers.prefer ?? 'return=minimal',
    ...(ifMatch === undefined ? {} : { ifMatch }),
    ...(ifNoneMatch === undefined ? {} : { ifNoneMatch }),
    ...(ifNoneExist === undefined ? {} : { ifNoneExist }),
  };
}

/** Shows the token for each entry, and counts what goes back, so that a Bundle of many reads does not outgrow the process. */
function eachUnderToken(answerEntry: AnswerEntry): AnswerEntry {
  let characters = 0;
  return async (context, entry) => {
    if (characters > MAX_ANSWER_CHARACTERS)
      throw new FhirError('too-costly', 'The Bundle asks for more than one answer holds.');
    await context.requireToken();
    const answer = await answerEntry({ ...context, headers: headersOf(context, entry) }, entry);
    characters += answer.body?.length ?? 0;
    // HEAD answers what GET does, without the content (RFC 9110 §9.3.2).
    if (entry.method === 'HEAD') delete answer.body;
    return answer;
  };
}

/** Refusals that tell of what is stored: that it was deleted (410), or that a condition found it so (412). */
const TELLING: ReadonlySet<number> = new Set([410, 412]);

/** An answer that came too late: what was written is said without its content; of what was read or found, by HEAD as well, nothing is. */
function withoutContent(answer: Answer, refusal: FhirError): Answer {
  if (TELLING.has(answer.status)) return refusedAnswer(refusal);
  // A deletion shows nothing (204).
  if (answer.status >= 400 || answer.status === 204) return answer;
  // Only answers to writes have one (FHIR R4 §http-create, §http-update); that of a write which found something says where that is.
  if (answer.headers.location === undefined || answer.isFound === true) return refusedAnswer(refusal);
  return { status: answer.status, headers: answer.headers };
}

/** A Bundle takes up to minutes: the token is shown for each entry, and once more before what they show may leave. */
async function requireTokenBefore(context: Context, answers: Answer[]): Promise<Answer[]> {
  try {
    await context.requireToken();
    return answers;
  } catch (error) {
    const refusal = asFhirError(error, context);
    return answers.map((answer) => withoutContent(answer, refusal));
  }
}

/** Entries stand alone: the refusal of one is its own answer (FHIR R4 §http-batch). They are done in their order. */
async function batch(
  context: Context,
  { entries }: BundleRequest,
  answerEntry: AnswerEntry,
): Promise<Answer[]> {
  const { services, headers } = context;
  const answers: Answer[] = [];
  for (const [index, given] of entries.entries()) {
    const own = entryContext(context, headers);
    try {
      const answer = await atEntryAsync(index, async () => {
        const entry = entryRequest(given, index, services.baseUrl);
        const { interaction, method } = entry;
        if (interaction.kind === 'operation')
          findOperation(services.operations, interaction, method, 'entry');
        if (!context.importing) return answerEntry(own, entry);
        return (await transaction(own, [entry], answerEntry))[index] ?? { status: 204, headers: {} };
      });
      absorb(context.trail, own.trail);
      answers.push(answer);
    } catch (error) {
      answers.push(refusedAnswer(asFhirError(error, context)));
    }
    await nextTurn();
  }
  return answers;
}

/**
 * Executes a transaction or batch: one answer for each entry, in their order. `answerEntry` answers an entry as if it were a
 * request of its own. Once the token is called back, the entries that follow are refused, and those before are answered as
 * {@link withoutContent} does. Throws FhirError for a transaction that does not go; then nothing was written.
 */
export async function executeBundle(
  context: Context,
  bundle: BundleRequest,
  answerEntry: AnswerEntry,
): Promise<Answer[]> {
  context.trail.subtype = bundle.type;
  const answering = eachUnderToken(answerEntry);
  if (bundle.type === 'batch') return requireTokenBefore(context, await batch(context, bundle, answering));
  const entries = bundle.entries.map((entry, index) =>
    atEntry(index, () => entryRequest(entry, index, context.services.baseUrl)),
  );
  const headers = { prefer: context.headers.prefer ?? 'return=minimal' };
  return requireTokenBefore(context, await transaction({ ...context, headers }, entries, answering));
}
