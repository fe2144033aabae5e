import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ansibleExtractor } from '../../src/input/ansible.ts';
import { fixture, foundLines } from './found-lines.ts';

const find = (text: string) => foundLines(ansibleExtractor, text);

describe('ansible', () => {
  it('finds the images that container modules run or pull', async () =>
    assert.deepEqual(await find(fixture('ansible.yaml')), [
      '6 registry.example.com/shop/web:1 | [0].tasks[0].community.docker.docker_container.image',
      '9 registry.example.com/shop/base:2 | [0].tasks[1].docker_image.name',
      '13 shop/own | [0].tasks[2].community.docker.docker_image.name (local-build: source is build.)',
      '19 {{ registry }}/postgres:16 | [0].tasks[4].block[0].containers.podman.podman_container.image (unresolved-variable: {{ registry }} is only known at run time.)',
      '21 registry.example.com/log:3 | [0].tasks[4].rescue[0].docker_container.image',
      '27 redis | [0].tasks[5].community.docker.docker_compose_v2.definition.services.cache.image',
      '30 registry.example.com/tools | [0].handlers[0].containers.podman.podman_image.name',
    ]));

  for (const [path, head, expected] of [
    ['tasks/main.yml', '- name: a\n  docker_container:\n    image: a\n', true],
    ['play.yaml', '---\n- hosts: all\n  tasks:\n    - community.docker.docker_image:\n        name: a\n', true],
    ['-', '- containers.podman.podman_container:\n    image: a\n', true],
    ['tasks/main.yml', '- name: a\n  copy:\n    src: docker_container\n', false],
    ['compose.yaml', 'services:\n  docker_container:\n    image: a\n', false],
  ] as const) {
    it(`${expected ? 'reads' : 'does not read'} ${path} ${JSON.stringify(head)}`, () =>
      assert.equal(ansibleExtractor.matches(path, head), expected));
  }
});
