// Response header fields, unchanged: repeated field lines stay apart (RFC 9110 section 5.3).

export class HttpHeaders {
  readonly #lines: ReadonlyMap<string, readonly string[]>;

  /** Names in any case; a list has one element per field line. */
  constructor(fields: Readonly<Record<string, string | readonly string[] | undefined>> = {}) {
    const lines = new Map<string, readonly string[]>();
    for (const [name, value] of Object.entries(fields)) {
      if (value !== undefined) lines.set(name.toLowerCase(), typeof value === 'string' ? [value] : value);
    }
    this.#lines = lines;
  }

  /** Every field line of that name. */
  all(name: string): readonly string[] {
    return this.#lines.get(name) ?? [];
  }

  /** The first field line of that name. */
  get(name: string): string | undefined {
    return this.#lines.get(name)?.[0];
  }

  /** Every field line, in order. */
  lines(): readonly (readonly [name: string, value: string])[] {
    return [...this.#lines].flatMap(([name, values]) => values.map((value) => [name, value] as const));
  }

  /** The media type of Content-Type in lower case, without parameters (RFC 9110 section 8.3.1). */
  mediaType(): string | undefined {
    const type = this.get('content-type')?.split(';')[0]?.trim().toLowerCase();
    return type === '' ? undefined : type;
  }
}
