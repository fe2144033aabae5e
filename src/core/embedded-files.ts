// The files inside the single-file executable. Elsewhere they are beside the code.

declare const EMBEDDED_FILES: Readonly<Record<string, string>> | undefined;

/** Path in `dist/command` -> text; undefined unless this is the executable, in whose bundle the build defines them. */
export const embeddedFiles: Readonly<Record<string, string>> | undefined =
  typeof EMBEDDED_FILES === 'undefined' ? undefined : EMBEDDED_FILES;
