// Text as XML 1.0 lets it stand in a document, https://www.w3.org/TR/xml/ sections 2.2 and 2.4.

import { cleanText } from '../core/text.ts';

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/**
 * One clean line for an attribute in double quotes or for the content of an element.
 * Char ::= #x9 | #xA | #xD | [#x20-#xD7FF] | [#xE000-#xFFFD] | [#x10000-#x10FFFF]
 */
export function escapeXml(text: string, maxLength?: number): string {
  // Cleaning leaves no control character and no half of a pair, but these two are not characters for XML either.
  return cleanText(text.replace(/[\ufffe\uffff]/g, ''), maxLength).replace(/[&<>"]/g, (it) => ENTITIES[it] ?? '');
}

/** ` name="value"` for each that has a value. */
export function formatAttributes(attributes: Readonly<Record<string, string | number | undefined>>): string {
  return Object.entries(attributes)
    .map(([name, value]) => (value === undefined ? '' : ` ${name}="${escapeXml(String(value), 1000)}"`))
    .join('');
}
