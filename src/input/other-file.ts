// Files that contain parts of other formats as text: documentation and source code. Their content is no evidence.

/** A program, or in the name of a Dockerfile the language of what it builds. */
export const SOURCE_CODE =
  /\.(?:go|[cm]?[jt]sx?|py|rb|rs|java|kts?|scala|cs|fs|vb|[ch]|cc|cpp|hpp|swift|php|pl|lua|sh|bash|ps1|sql|html?|s?css|vue|exs?|erl|hs|clj|dart|r|groovy|gradle|tf|hcl)$/i;
const DOCUMENTATION = /\.(?:md|mdx|markdown|rst|adoc|asciidoc|org|tex|ipynb|patch|diff|log)$/i;

export const isOtherText = (path: string): boolean => SOURCE_CODE.test(path) || DOCUMENTATION.test(path);
