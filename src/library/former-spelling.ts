// Former spellings of options, which are still read: each option has one documented name.

import { InvalidOptionError } from './invalid-option-error.ts';

interface FormerSpelling {
  readonly option: string;
  /** The value under that name; undefined: unset. */
  readonly convert: (value: unknown) => unknown;
}

const unchanged = (value: unknown): unknown => value;

const FORMER: Readonly<Record<string, FormerSpelling>> = {
  layers: { option: 'proof', convert: (value) => (value === true ? 'layers' : undefined) },
  platforms: { option: 'platform', convert: unchanged },
  timeoutMs: { option: 'timeout', convert: unchanged },
  ca: { option: 'caFile', convert: (value) => (typeof value === 'string' ? Buffer.from(value) : value) },
};

/** The same options under their names; other values are returned as they are. */
export function withoutFormerSpellings(caller: string, options: unknown): unknown {
  if (typeof options !== 'object' || options === null) return options;
  if (!Object.keys(FORMER).some((name) => Object.hasOwn(options, name))) return options;
  const renamed: Record<string, unknown> = { ...options };
  for (const [name, { option, convert }] of Object.entries(FORMER)) {
    const value = renamed[name];
    delete renamed[name];
    if (value === undefined) continue;
    if (renamed[option] !== undefined) {
      throw new InvalidOptionError(caller, name, `it is the former name of ${option}; use only ${option}.`);
    }
    renamed[option] = convert(value);
  }
  return renamed;
}
