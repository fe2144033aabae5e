// Parses YAML to plain documents. An error gives the line and never quotes the text, which may contain secrets.
//
// The time is linear in the text: reading stops at the first error, aliases share their values, and the depth is bounded.

import { type Alias, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type Pair } from 'yaml';
import { failure, type Outcome, success } from '../core/outcome.ts';
import { parseNodes, YamlAbort } from '../file/yaml-parser.ts';

/** Limit of what aliases repeat: characters, and one for each value. */
const MAX_REPEATED = 1_000_000;

class YamlError extends Error {}

export function readYamlDocuments(text: string): Outcome<readonly unknown[], string> {
  const lines = new LineCounter();
  // The composer catches an error inside a collection, and reports it again.
  let first: YamlError | undefined;
  const onError = ({ offset }: { readonly offset: number }): never => {
    first ??= new YamlError(`it is not valid YAML (line ${lines.linePos(offset).line})`);
    throw first;
  };
  try {
    // The callers limit the size of the text.
    const nodes = parseNodes(text, { lines, maxTokens: Number.POSITIVE_INFINITY, onError });
    return success([...nodes].map(toValue));
  } catch (error) {
    if (error instanceof YamlAbort) return failure('its YAML is nested too deeply');
    if (error instanceof YamlError) return failure(error.message);
    throw error;
  }
}

/** The node as plain data. */
function toValue(root: Node): unknown {
  const anchors = new Map<string, { readonly value: unknown; readonly size: number }>();
  /** Of everything read, and of what aliases repeated. */
  let size = 0;
  let repeated = 0;
  return read(root);

  function read(node: Node | null): unknown {
    const before = size;
    const value = readContent(node);
    size += 1 + (typeof value === 'string' ? value.length : 0);
    const { anchor } = (node ?? {}) as { anchor?: string };
    // Only now: an alias inside its own anchor would form a cycle.
    if (anchor !== undefined) anchors.set(anchor, { value, size: size - before });
    return value;
  }

  function readContent(node: Node | null): unknown {
    if (isAlias(node)) return follow(node);
    if (isSeq(node)) return node.items.map((item) => read(item as Node | null));
    if (!isMap(node)) return isScalar(node) ? node.value : null;
    const pairs = node.items as Pair<Node | null, Node | null>[];
    const entries = pairs.map(
      ({ key, value }) => [isScalar(key) ? String(key.value) : undefined, read(value)] as const,
    );
    // A collection as a key is not a field name.
    return Object.fromEntries(entries.filter(([key]) => key !== undefined));
  }

  function follow({ source }: Alias): unknown {
    const target = anchors.get(source);
    repeated += target?.size ?? 0;
    if (target === undefined || repeated > MAX_REPEATED) throw new YamlError('its YAML aliases cannot be resolved');
    size += target.size;
    return target.value;
  }
}
