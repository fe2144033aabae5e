// Images in GitHub workflows and actions: job containers, service containers, `docker://` steps.
// https://docs.github.com/actions/reference/workflow-syntax-for-github-actions

import { extractImages } from './document-images.ts';
import type { Extractor, Found } from './extractor.ts';
import { findVariable } from './image-text.ts';
import { entriesAt, itemsAt, nodeAt, scalarAt, type YamlNode, type YamlScalar } from './yaml-node.ts';

const WORKFLOW_FILE = /(?:^|[\\/])\.(?:github|gitea|forgejo)[\\/]workflows[\\/][^\\/]+\.ya?ml$/i;
const ACTION_FILE = /(?:^|[\\/])action\.ya?ml$/i;
const DOCKER = 'docker://';

export const githubWorkflowExtractor: Extractor = {
  name: 'github-workflow',
  matches: (path, head) =>
    WORKFLOW_FILE.test(path) ||
    (ACTION_FILE.test(path) && /^runs:/m.test(head)) ||
    ((path === '-' || /\.ya?ml$/i.test(path)) && /^jobs:/m.test(head) && /^[ \t]+["']?runs-on["']?:/m.test(head)),
  extract: (text, _, { signal }) => extractImages(text, workflowImages, { signal }),
};

function* workflowImages(workflow: YamlNode): Generator<Found> {
  // A job or a list that an alias repeats is reported once.
  const seen = new Set<YamlNode>();
  const isNew = (node: YamlNode | undefined): boolean => {
    if (node === undefined || seen.has(node)) return false;
    seen.add(node);
    return true;
  };

  for (const [name, job] of entriesAt(workflow, 'jobs')) {
    if (!isNew(job)) continue;
    const path = `jobs.${name}`;
    yield* imageOf(job, `${path}.container`, 'container');
    const services = nodeAt(job, 'services');
    for (const [service] of isNew(services) ? entriesAt(services) : []) {
      yield* imageOf(services, `${path}.services.${service}`, service);
    }
    yield* stepImages(nodeAt(job, 'steps'), `${path}.steps`);
  }
  yield* stepImages(nodeAt(workflow, 'runs', 'steps'), 'runs.steps');
  // Without docker:// it is the path of a Dockerfile.
  yield* dockerImage(scalarAt(workflow, 'runs', 'image'), 'runs.image');

  function* stepImages(steps: YamlNode | undefined, path: string): Generator<Found> {
    for (const [index, step] of isNew(steps) ? itemsAt(steps).entries() : []) {
      yield* dockerImage(scalarAt(step, 'uses'), `${path}[${index}].uses`);
    }
  }
}

/** A container is an image, or a map with one; '' means none. */
function* imageOf(parent: YamlNode | undefined, path: string, key: string): Generator<Found> {
  const short = scalarAt(parent, key);
  const long = scalarAt(parent, key, 'image');
  if (short !== undefined) yield foundImage(short, path);
  else if (long !== undefined) yield foundImage(long, `${path}.image`);
}

function* dockerImage(use: YamlScalar | undefined, path: string): Generator<Found> {
  if (use?.text.startsWith(DOCKER)) yield foundImage({ ...use, text: use.text.slice(DOCKER.length) }, path);
}

function foundImage({ text, line }: YamlScalar, path: string): Found {
  const image = text.startsWith(DOCKER) ? text.slice(DOCKER.length) : text;
  const variable = findVariable(image);
  if (variable === undefined) return { text: image, line, path };
  const message = `${variable} is only known at run time.`;
  return { text: image, line, path, skip: { reason: 'unresolved-variable', message } };
}
