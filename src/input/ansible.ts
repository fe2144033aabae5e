// Images in Ansible playbooks and task files: those that container modules run or pull.
// https://docs.ansible.com/ansible/latest/collections/community/docker/docker_container_module.html

import { extractImages } from './document-images.ts';
import type { Extractor, Found } from './extractor.ts';
import { fieldImages } from './image-field.ts';
import { hasVersion } from './image-text.ts';
import { createRepeatFilter, isYamlPath, pipelineImage } from './pipeline-image.ts';
import { nodeAt, scalarAt, type YamlNode, type YamlScalar } from './yaml-node.ts';

const MODULE_NAME =
  /^(?:(?:community\.docker|community\.general|containers\.podman|ansible\.builtin|ansible\.legacy)\.)?(docker_container|docker_swarm_service|docker_image_pull|docker_image|docker_compose_v2|docker_compose|podman_container|podman_image|podman_pod)$/;
const MODULE =
  /^(?=[ \t-])[ \t]*(?:-[ \t]*)?["']?(?:(?:community|containers)\.\w+\.)?(?:docker_(?:container|swarm_service|image_pull|image|compose_v2|compose)|podman_(?:container|image))["']?:/m;
const TASK_LIST = /^-[ \t]/m;

export const ansibleExtractor: Extractor = {
  name: 'ansible',
  matches: (path, head) => isYamlPath(path) && MODULE.test(head) && TASK_LIST.test(head),
  extract: (text, _, { signal }) => extractImages(text, playbookImages, { signal }),
};

/** Modules whose images have a name of their own: `name` and `tag`. */
const IMAGE_MODULES = new Set(['docker_image', 'docker_image_pull', 'podman_image']);
/** `name=web image=registry.example.com/web:1` */
const PAIR = /(?:^|\s)(\w+)=("[^"]*"|'[^']*'|\S+)/g;
const MAX_LINE = 10_000;

function* playbookImages(playbook: YamlNode): Generator<Found> {
  const isNew = createRepeatFilter();
  const seen = new Set<YamlNode>();
  for (const found of walk(playbook, '')) if (isNew(found)) yield found;

  /** Tasks are in plays, blocks and handlers. */
  function* walk(node: YamlNode, path: string): Generator<Found> {
    if (node.kind === 'scalar' || seen.has(node)) return;
    seen.add(node);
    if (node.kind === 'list') {
      for (const [index, item] of node.items.entries()) yield* walk(item, `${path}[${index}]`);
      return;
    }
    for (const [key, value] of node.entries) {
      const at = path === '' ? key : `${path}.${key}`;
      const [, module] = MODULE_NAME.exec(key) ?? [];
      if (module !== undefined) yield* moduleImages(module, value, at);
      else if (key === 'module_defaults') continue;
      else yield* walk(value, at);
    }
  }
}

function* moduleImages(module: string, settings: YamlNode, path: string): Generator<Found> {
  const of = (name: string): YamlScalar | undefined => scalarAt(settings, name) ?? inlineSetting(settings, name);
  if (of('state')?.text === 'absent') return;
  if (module.startsWith('docker_compose')) {
    for (const field of ['definition', 'files']) {
      const definition = nodeAt(settings, field);
      if (definition?.kind === 'map') {
        for (const found of fieldImages(definition, { owner: '', likelihood: 'certain' })) {
          yield { ...found, path: `${path}.${field}.${found.path}` };
        }
      }
    }
    return;
  }
  const isImage = IMAGE_MODULES.has(module);
  const image = of(isImage ? 'name' : 'image');
  if (image === undefined) return;
  const tag = isImage ? (of('tag')?.text ?? '') : '';
  const text =
    tag === '' || hasVersion(image.text) ? image.text : `${image.text}${/^sha256:/.test(tag) ? '@' : ':'}${tag}`;
  const found = pipelineImage({ ...image, text }, { path: `${path}.${isImage ? 'name' : 'image'}` });
  const local = localMessage(of('source')?.text ?? '', of('pull')?.text ?? '', isImage);
  yield local === undefined ? found : { ...found, skip: { reason: 'local-build', message: local } };
}

/** Undefined: the image is pulled. */
function localMessage(source: string, pull: string, isImage: boolean): string | undefined {
  if (isImage && source === 'build') return 'source is build.';
  if (isImage && (source === 'load' || source === 'local'))
    return `source is ${source}: the image is not from a registry.`;
  if (pull === 'never') return 'pull is never: the image must already be on the host.';
  if (isImage && /^(?:no|false)$/i.test(pull)) return 'pull is false: the image must already be on the host.';
  return undefined;
}

function inlineSetting(settings: YamlNode, name: string): YamlScalar | undefined {
  if (settings.kind !== 'scalar' || settings.text.length > MAX_LINE) return undefined;
  for (const [, key, value = ''] of settings.text.matchAll(PAIR)) {
    if (key === name) return { ...settings, text: value.replace(/^(["'])(.*)\1$/, '$2') };
  }
  return undefined;
}
