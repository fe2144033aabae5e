// Places in a text that something else fills in later: variables of shells and pipelines, actions of templates.

/** Longer than any reference; what comes after cannot matter. */
const MAX_LENGTH = 4096;

const VARIABLE = new RegExp(
  [
    /\$\{\{[^}]*(?:\}\}|$)/, // ${{ expression }}, GitHub
    /\$\[\[[^\]]*(?:\]\]|$)/, // $[[ input ]], GitLab
    /\{\{[^}]*(?:\}\}|$)/, // {{ action }}, Helm, Argo, Jinja
    /\$\{[^}]*(?:\}|$)/, // ${NAME}
    /\$\([^)]*(?:\)|$)/, // $(NAME), Tekton, Azure
    /\$[A-Za-z_]\w*/, // $NAME
    /#\{[^}]*(?:\}#?|$)/, // #{NAME}#
    /<[^<>]+>/, // <your image here>
  ]
    .map(({ source }) => source)
    .join('|'),
);

/** The first of them as written, `${TAG}`; undefined when the text stands on its own. */
export const findVariable = (text: string): string | undefined => VARIABLE.exec(text.slice(0, MAX_LENGTH))?.[0];
