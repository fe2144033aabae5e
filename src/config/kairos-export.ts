// Reads the export of a Kairos (`format: kairos-resources`): its resources by type, with the aliases that Kairos accepts.

import { createHash } from 'node:crypto';
import { parseReference } from '../core/reference.ts';
import type { FoundAt } from '../core/target.ts';
import { cleanText } from '../core/text.ts';
import { parseYamlFile } from '../input/yaml.ts';
import { itemsAt, textAt, type YamlNode } from '../input/yaml-node.ts';
import { parseHostPort, parseWebUrl } from './monitor-values.ts';
import {
  type Defaults,
  httpDraft,
  imageDraft,
  type KairosEntry,
  type ResourceDraft,
  tcpDraft,
} from './resource-draft.ts';

export interface KairosExport {
  readonly drafts: readonly ResourceDraft[];
  /** What is ignored, each a sentence with its line. */
  readonly notes: readonly string[];
  /** Why nothing could be read; a sentence. */
  readonly problem?: string;
}

/** `source`: the file, as in messages. */
export function readKairosExport(text: string, source: string, entry: KairosEntry, defaults: Defaults): KairosExport {
  const { roots, problems } = parseYamlFile(text);
  const [root] = roots;
  const [problem] = problems;
  if (problem !== undefined) return failed(`${source}:${problem.line ?? 1}: ${problem.message}`);
  const isList = root?.kind === 'list';
  if (!isList && textAt(root, 'format') !== 'kairos-resources') {
    return failed(`${source}:${root?.line ?? 1}: Not an export of a Kairos; it has no format: kairos-resources.`);
  }
  const notes: string[] = [];
  const drafts = (isList ? root.items : itemsAt(root, 'resources')).flatMap((node, index) => {
    const read = readResource(node, { source, line: node.line, path: `resources[${index}]` }, entry, defaults);
    if (read.note !== undefined) notes.push(`${source}:${node.line}: ${read.note}`);
    return read.draft ?? [];
  });
  return { drafts: withUniqueIds(drafts), notes };
}

const failed = (problem: string): KairosExport => ({ drafts: [], notes: [], problem });

const first = (node: YamlNode, ...keys: readonly string[]): string =>
  keys.map((key) => textAt(node, key)).find((text) => text !== '') ?? '';

function readResource(
  node: YamlNode,
  foundAt: FoundAt,
  entry: KairosEntry,
  defaults: Defaults,
): { readonly draft?: ResourceDraft; readonly note?: string } {
  const target = first(node, 'target', 'url', 'endpoint', 'image').trim();
  const type = first(node, 'resourceType', 'type').trim().toUpperCase();
  const name = cleanText(first(node, 'name', 'displayName', 'title'), 200) || target;
  if (target === '' || type === '') return { note: 'A resource without a type or a target is ignored.' };
  const group = cleanText(first(node, 'groupName', 'group'), 200) || entry.group;
  const paused = entry.paused || textAt(node, 'active') === 'false';
  const insecure = first(node, 'skipTLS', 'skipTls') === 'true';
  const own = { name, group, paused, muted: entry.muted, interval: entry.interval };
  const id = slugOf(name);
  const note =
    textAt(node, 'recursive') === 'true' ? `${name}: "recursive" is ignored; only the target is checked.` : undefined;
  const done = (draft: ResourceDraft) => ({ draft: { ...draft, id }, ...(note !== undefined && { note }) });
  if (type === 'DOCKER') {
    if (!parseReference(target).ok)
      return { note: `${name}: ${cleanText(target, 100)} is not an image; it is ignored.` };
    return done({ ...imageDraft(own, { text: target, foundAt: [foundAt] }, defaults), insecure });
  }
  if (type === 'HTTP') {
    const url = parseWebUrl(target);
    if (!url.ok) return { note: `${name}: ${url.error} It is ignored.` };
    return done(httpDraft({ http: target, ...own, insecure }, foundAt, defaults));
  }
  if (type === 'TCP') {
    const address = parseHostPort(target);
    if (!address.ok) return { note: `${name}: ${address.error} It is ignored.` };
    return done(tcpDraft({ tcp: address.value, ...own }, foundAt, defaults));
  }
  return { note: `${name}: the type ${cleanText(type, 40)} is unknown; it is ignored.` };
}

const MAX_SLUG = 51;

/** `my-shop` of `My Shop`. */
const slugOf = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '-')
    .slice(0, MAX_SLUG)
    .replace(/^[-.]+|[-.]+$/g, '');

/** Those with the same name get a hash of their target; the same target twice is one. */
function withUniqueIds(drafts: readonly ResourceDraft[]): readonly ResourceDraft[] {
  const counts = new Map<string | undefined, number>();
  for (const { id } of drafts) counts.set(id, (counts.get(id) ?? 0) + 1);
  const unique = drafts.map((draft): ResourceDraft => {
    const { id = '', target } = draft;
    if (id !== '' && counts.get(id) === 1) return draft;
    const hash = createHash('sha256').update(target).digest('hex').slice(0, 8);
    return { ...draft, id: id === '' ? hash : `${id}-${hash}` };
  });
  return [...new Map(unique.map((draft) => [`${draft.kind} ${draft.id}`, draft])).values()];
}
