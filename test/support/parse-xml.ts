// A strict reader of the XML our reports are made of: anything that is not well-formed XML 1.0 throws.

export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** The character data directly inside, entities resolved. */
  readonly text: string;
}

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';
/** Char of XML 1.0 section 2.2, less the control characters it only tolerates. */
const FORBIDDEN = /[^\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

export function parseXml(document: string): XmlElement {
  const forbidden = FORBIDDEN.exec(document);
  if (forbidden !== null) throw new Error(`forbidden character ${JSON.stringify(forbidden[0])}`);
  if (!document.startsWith(DECLARATION)) throw new Error('no XML declaration');
  let at = DECLARATION.length;

  const take = (pattern: RegExp): RegExpExecArray => {
    const sticky = new RegExp(pattern.source, 'yu');
    sticky.lastIndex = at;
    const match = sticky.exec(document);
    if (match === null) throw new Error(`unexpected ${JSON.stringify(document.slice(at, at + 40))}, not ${pattern}`);
    at = sticky.lastIndex;
    return match;
  };

  const element = (): XmlElement => {
    const name = take(/<([a-z]+)/)[1] ?? '';
    const attributes: Record<string, string> = {};
    while (document[at] === ' ') {
      const [, key = '', value = ''] = take(/ ([a-z]+)="([^<"]*)"/);
      if (Object.hasOwn(attributes, key)) throw new Error(`${key} twice`);
      attributes[key] = resolveEntities(value);
    }
    if (take(/\/?>/)[0] === '/>') return { name, attributes, children: [], text: '' };
    const children: XmlElement[] = [];
    let text = '';
    while (!document.startsWith('</', at)) {
      if (document[at] === '<') children.push(element());
      else text += resolveEntities(take(/[^<]+/)[0]);
    }
    take(new RegExp(`</${name}>`));
    return { name, attributes, children, text };
  };

  const root = element();
  if (document.slice(at) !== '\n') throw new Error('something after the root');
  return root;
}

function resolveEntities(text: string): string {
  if (text.includes(']]>')) throw new Error(']]> in text');
  return text.replace(/&([^;]*);?/g, (entity, name: string) => {
    const character = entity.endsWith(';') ? ENTITIES[name] : undefined;
    if (character === undefined) throw new Error(`bad entity ${entity}`);
    return character;
  });
}
