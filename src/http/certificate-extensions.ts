// Reads the extensions of an X.509 certificate (RFC 5280 section 4.1), which Node does not offer: DER, X.690 section 8.1.

export interface Extension {
  /** The object identifier as hexadecimal DER: `551d13` is 2.5.29.19. */
  readonly id: string;
  readonly isCritical: boolean;
  readonly value: Buffer;
}

interface Element {
  readonly tag: number;
  readonly content: Buffer;
}

const BOOLEAN = 1;
const INTEGER = 2;
/** `[3] EXPLICIT` of TBSCertificate. */
const EXTENSIONS = 0xa3;
const BASIC_CONSTRAINTS = '551d13';

/** `certificate`: DER. Throws a RangeError if it is malformed. */
export function readExtensions(certificate: Buffer): readonly Extension[] {
  const [tbs] = elementsOf(firstOf(certificate));
  const list = elementsOf(contentOf(tbs)).find(({ tag }) => tag === EXTENSIONS);
  if (list === undefined) return [];
  return elementsOf(firstOf(list.content)).map(({ content }) => {
    const [id, ...rest] = elementsOf(content);
    return {
      id: contentOf(id).toString('hex'),
      isCritical: rest.some(({ tag, content: value }) => tag === BOOLEAN && value[0] !== 0),
      value: contentOf(rest.at(-1)),
    };
  });
}

/** How many intermediates may be below an authority; undefined: any number. */
export function readPathLength(extensions: readonly Extension[]): number | undefined {
  const constraints = extensions.find(({ id }) => id === BASIC_CONSTRAINTS);
  if (constraints === undefined) return undefined;
  const length = elementsOf(firstOf(constraints.value)).find(({ tag }) => tag === INTEGER);
  return length?.content.readUIntBE(0, length.content.length);
}

const firstOf = (bytes: Buffer): Buffer => contentOf(elementsOf(bytes)[0]);

function contentOf(element: Element | undefined): Buffer {
  if (element === undefined) throw new RangeError('an element is missing');
  return element.content;
}

function elementsOf(bytes: Buffer): readonly Element[] {
  const elements: Element[] = [];
  for (let at = 0; at < bytes.length; ) {
    const short = bytes.readUInt8(at + 1);
    if (short === 0x80) throw new RangeError('an indefinite length is not DER');
    const lengthBytes = short < 0x80 ? 0 : short - 0x80;
    const length = lengthBytes === 0 ? short : bytes.readUIntBE(at + 2, lengthBytes);
    const start = at + 2 + lengthBytes;
    if (start + length > bytes.length) throw new RangeError('an element is longer than its container');
    elements.push({ tag: bytes.readUInt8(at), content: bytes.subarray(start, start + length) });
    at = start + length;
  }
  return elements;
}
