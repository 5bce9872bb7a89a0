import { escapeValue, parseSearch } from '../../r4/index.ts';
import type { Vault } from '../../vault/index.ts';
import type { PersonFacts } from './rules.ts';

const NOBODY: PersonFacts = { surnames: [], addresses: [] };
/** Security labels that ask for more care: celebrity and employee information (v3-ActCode). */
const CELEBRITY = ['CEL', 'VIP'];
const EMPLOYEE = 'EMP';

interface StoredPerson {
  readonly meta?: { readonly security?: readonly { readonly code?: string }[] };
  readonly name?: readonly { readonly family?: string; readonly given?: readonly string[] }[];
  readonly birthDate?: string;
  readonly identifier?: readonly { readonly system?: string; readonly value?: string }[];
  readonly address?: readonly {
    readonly line?: readonly string[];
    readonly city?: string;
    readonly postalCode?: string;
  }[];
}

/** A patient as the rules see one. */
export interface PatientFacts {
  readonly facts: PersonFacts;
  readonly isStaff: boolean;
  /** What a security label of the record says; undefined without one. */
  readonly label: string | undefined;
}

/** Facts of a reference such as `Practitioner/12`; of nobody when there is no such record, or it was erased. */
export async function personFacts(vault: Pick<Vault, 'read'>, reference: string): Promise<PersonFacts> {
  const person = await storedPerson(vault, reference);
  return person === undefined ? NOBODY : factsIn(person);
}

/** Facts of a patient, and whether they are on the staff: by label, or as a Practitioner of the same name and birth date or number. */
export async function patientFacts(
  vault: Pick<Vault, 'read' | 'search'>,
  patient: string,
): Promise<PatientFacts> {
  const person = await storedPerson(vault, `Patient/${patient}`);
  if (person === undefined) return { facts: NOBODY, isStaff: false, label: undefined };
  const labels = (person.meta?.security ?? []).map(({ code }) => code);
  const label = labels.some((code) => CELEBRITY.includes(code ?? '')) ? 'labelled as a celebrity' : undefined;
  const isStaff = labels.includes(EMPLOYEE) || (await isPractitioner(vault, person));
  return { facts: factsIn(person), isStaff, label };
}

async function storedPerson(
  vault: Pick<Vault, 'read'>,
  reference: string,
): Promise<StoredPerson | undefined> {
  const [type = '', id = ''] = reference.split('/');
  const stored = await vault.read(type, id);
  return stored?.text === undefined ? undefined : (JSON.parse(stored.text) as StoredPerson);
}

/** Practitioners of one name that are looked at. */
const MAX_NAMESAKES = 50; // a large hospital's Smiths

async function isPractitioner(vault: Pick<Vault, 'read' | 'search'>, person: StoredPerson): Promise<boolean> {
  const [family] = (person.name ?? []).flatMap((name) => name.family ?? []);
  if (family === undefined) return false;
  const parsed = parseSearch('Practitioner', [['family', escapeValue(family)]], { now: 0 });
  if (!parsed.ok) return false;
  const { hits } = await vault.search({ search: parsed.search, limit: MAX_NAMESAKES });
  const numbers = new Set(
    (person.identifier ?? []).map(({ system, value: number }) => `${system}|${number}`),
  );
  for (const { id } of hits) {
    const other = await storedPerson(vault, `Practitioner/${id}`);
    if (other === undefined) continue;
    const isSameNumber = (other.identifier ?? []).some(({ system, value: number }) =>
      numbers.has(`${system}|${number}`),
    );
    const isSameName = givens(other).some((name) => givens(person).includes(name));
    const isSameBirth = other.birthDate !== undefined && other.birthDate === person.birthDate;
    if (isSameNumber || (isSameName && isSameBirth)) return true;
  }
  return false;
}

function givens({ name = [] }: StoredPerson): string[] {
  return name.flatMap(({ given = [], family = '' }) => given.map((one) => `${plain(one)} ${plain(family)}`));
}

function factsIn({ name = [], address = [] }: StoredPerson): PersonFacts {
  return {
    surnames: [...new Set(name.flatMap(({ family }) => (family === undefined ? [] : [plain(family)])))],
    addresses: address.flatMap(({ line = [], city = '', postalCode = '' }) =>
      line.map((each) => ({ line: plain(each), place: plain(`${postalCode} ${city}`) })),
    ),
  };
}

function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replace(/\s+/g, ' ').trim();
}
