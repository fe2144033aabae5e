// Comments in JSON, for a reader of YAML.

const MARK = /"|\/\/|\/\*/g;

/** Replaces comments with blanks, so that line numbers stay right. */
export function blankComments(text: string): string {
  const parts: string[] = [];
  let at = 0;
  MARK.lastIndex = 0;
  for (let mark = MARK.exec(text); mark !== null; mark = MARK.exec(text)) {
    const end = mark[0] === '"' ? endOfString(text, mark.index) : endOfComment(text, mark.index);
    const part = text.slice(mark.index, end);
    parts.push(text.slice(at, mark.index), mark[0] === '"' ? part : part.replace(/[^\r\n]/g, ' '));
    at = end;
    MARK.lastIndex = end;
  }
  return parts.join('') + text.slice(at);
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === '\\') at += 1;
    else if (char === '"') return at + 1;
    else if (char === '\n') return at;
  }
  return text.length;
}

function endOfComment(text: string, start: number): number {
  const isLine = text.startsWith('//', start);
  const end = text.indexOf(isLine ? '\n' : '*/', start + 2);
  if (end < 0) return text.length;
  return isLine ? end : end + 2;
}
