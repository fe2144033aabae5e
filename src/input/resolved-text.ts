// A text after its variables were put in, with those that had no value to put in.

/** A variable that left a gap in a text. */
export interface Missing {
  readonly name: string;
  /** It has a value, which is a secret of this machine and must not get into the name of an image. */
  readonly isWithheld?: true;
}

export interface ResolvedText {
  readonly text: string;
  /** Variables that a person could give and did not: empty in `text`, or UNKNOWN there. */
  readonly missing: readonly Missing[];
}

/** undefined: the variable is not set. */
export type Lookup = (name: string) => ResolvedText | undefined;

/** Stands in a text for a value that only the one who builds knows; no reference, stage or path holds it. */
export const UNKNOWN = '\0';

export const plainText = (text: string): ResolvedText => ({ text, missing: [] });

/** The gap that a secret leaves. */
export const withheldText = (name: string): ResolvedText => ({ text: '', missing: [{ name, isWithheld: true }] });

export const isWithheld = ({ missing }: ResolvedText): boolean => missing.some((one) => one.isWithheld === true);

/** Whether the value of a variable is the empty text, and not a secret that was left out. */
export const isEmpty = (value: ResolvedText): boolean => value.text === '' && !isWithheld(value);

export const joinTexts = (parts: readonly ResolvedText[]): ResolvedText => ({
  text: parts.map(({ text }) => text).join(''),
  missing: distinct(parts.flatMap(({ missing }) => missing)),
});

/** Each variable once. */
export const distinct = (missing: readonly Missing[]): readonly Missing[] => [
  ...new Map(missing.map((one) => [one.name, one])).values(),
];

/** One or two sentences. `where` completes "A has no value": `, in the environment`. */
export function describeMissing(missing: readonly Missing[], where: string): string {
  const namesOf = (wanted: boolean) =>
    missing.filter((one) => (one.isWithheld === true) === wanted).map(({ name }) => name);
  const [secrets, unset] = [namesOf(true), namesOf(false)];
  const sentences: string[] = [];
  if (secrets.length > 0) {
    const [verb, noun, it, passes] =
      secrets.length === 1 ? ['looks like', 'a secret', 'it', 'passes'] : ['look like', 'secrets', 'them', 'pass'];
    const flags = secrets.map((name) => `--allow-env ${name}`).join(' ');
    sentences.push(
      `${listed(secrets)} ${verb} ${noun}, and a checked file must not send ${it} to a registry; ${flags} ${passes} ${it} on purpose.`,
    );
  }
  if (unset.length > 0) sentences.push(`${listed(unset)} ${unset.length === 1 ? 'has' : 'have'} no value${where}.`);
  return sentences.join(' ');
}

/** `A`, `A and B`, `A, B and C`. */
function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}
