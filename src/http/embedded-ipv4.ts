// The IPv4 addresses inside an IPv6 address: a packet to the latter ends at the former, or is routed through it.

/** Where the eight groups of an IPv6 address contain an IPv4 address: in the two groups from `at` on. */
interface Form {
  readonly matches: (groups: readonly number[]) => boolean;
  readonly at: number;
  /** Every bit is inverted. */
  readonly isInverted?: true;
}

/** The address begins with these groups. */
const prefix =
  (...expected: readonly number[]) =>
  (groups: readonly number[]): boolean =>
    expected.every((group, index) => groups[index] === group);

const teredo = prefix(0x2001, 0);

const FORMS: readonly Form[] = [
  // IPv4-translated (SIIT), RFC 2765 section 2.1.
  { matches: prefix(0, 0, 0, 0, 0xffff, 0), at: 6 },
  // NAT64, RFC 6052 section 2.1.
  { matches: prefix(0x64, 0xff9b, 0, 0, 0, 0), at: 6 },
  // 6to4, RFC 3056 section 2.
  { matches: prefix(0x2002), at: 1 },
  // Teredo, RFC 4380 section 4: the server, and the client.
  { matches: teredo, at: 2 },
  { matches: teredo, at: 6, isInverted: true },
  // ISATAP, RFC 5214 section 6.1, under any prefix.
  { matches: (groups) => (groups[4] === 0 || groups[4] === 0x200) && groups[5] === 0x5efe, at: 6 },
];

const isMapped = prefix(0, 0, 0, 0, 0, 0xffff);

/** The IPv4 address of an IPv4-mapped one (RFC 4291 section 2.5.5.2): to the system both are the same. */
export function mappedIPv4(address: string): string | undefined {
  const groups = groupsOf(address);
  return isMapped(groups) ? readIPv4(groups, 6) : undefined;
}

/** The addresses of every other form: something in between extracts them. `address`: IPv6 without a zone. */
export function embeddedIPv4(address: string): readonly string[] {
  const groups = groupsOf(address);
  return FORMS.filter(({ matches }) => matches(groups)).map(({ at, isInverted }) => readIPv4(groups, at, isInverted));
}

/** The URL parser normalizes every spelling: lowercase hexadecimal, the longest run of zeros as `::`. */
function groupsOf(address: string): readonly number[] {
  const text = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = [], tail = []] = text.split('::').map((part) => part.split(':').filter((group) => group !== ''));
  const zeros = new Array<string>(8 - head.length - tail.length).fill('0');
  return [...head, ...zeros, ...tail].map((group) => Number.parseInt(group, 16));
}

function readIPv4(groups: readonly number[], at: number, isInverted = false): string {
  const [high = 0, low = 0] = groups.slice(at, at + 2).map((group) => (isInverted ? ~group & 0xffff : group));
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}
