// Small projects in every layout that is recognized, each with all that is found in it: `file:line image`, then the
// platform and the reason for a skipped image. A file in a directory, unless `named` lists it.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of files

export interface Project {
  readonly title: string;
  readonly files: Readonly<Record<string, string>>;
  /** Files as the user names them; default: the directory. */
  readonly named?: readonly string[];
  readonly found: readonly string[];
}

const pod = (name: string, image: string) =>
  `apiVersion: v1\nkind: Pod\nmetadata:\n  name: ${name}\nspec:\n  containers:\n  - name: ${name}\n    image: ${image}\n`;
const json = (name: string, image: string) =>
  `{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "${name}"},\n "spec": {"containers": [{"image": "${image}"}]}}`;
const SHA = 'a'.repeat(64);

const KUBERNETES: readonly Project[] = [
  {
    title: 'manifests of Skaffold: its artifacts are built',
    files: {
      'skaffold.yaml':
        'apiVersion: skaffold/v4beta11\nkind: Config\nbuild: { artifacts: [{ image: shop/web }] }\n' +
        'manifests: { rawYaml: ["k8s/*.yaml"], kustomize: { paths: [overlay] } }\n',
      'k8s/web.yaml': pod('web', 'shop/web:1'),
      'k8s/db.yaml': pod('db', 'shop/db:1'),
      'overlay/kustomization.yaml': 'resources: [web.yaml]\n',
      'overlay/web.yaml': pod('over', 'shop/web'),
      'release/web.yaml': pod('web', 'shop/web:2'),
    },
    found: [
      'k8s/db.yaml:8 shop/db:1',
      'k8s/web.yaml:8 shop/web:1 (local-build)',
      'overlay/web.yaml:8 shop/web (local-build)',
      'release/web.yaml:8 shop/web:2',
      'skaffold.yaml:3 shop/web (local-build)',
    ],
  },
  {
    title: 'manifests in YAML and JSON: documents, lists, streams and arrays',
    files: {
      'two.yaml': `${pod('a', 'shop/a:1')}---\n${pod('b', 'shop/b:1')}`,
      'list.json': `{"apiVersion": "v1", "kind": "List", "items": [\n${json('c', 'shop/c:1')},\n${json('d', 'shop/d:1')}]}`,
      'stream.json': `${json('e', 'shop/e:1')}\n${json('f', 'shop/f:1')}`,
      'array.json': `[${json('g', 'shop/g:1')},\n${json('h', 'shop/h:1')}]`,
      'items.yaml': '- apiVersion: v1\n  kind: Pod\n  spec: { containers: [{ image: "shop/i:1" }] }\n',
    },
    found: [
      'array.json:2 shop/g:1',
      'array.json:4 shop/h:1',
      'items.yaml:3 shop/i:1',
      'list.json:3 shop/c:1',
      'list.json:5 shop/d:1',
      'stream.json:2 shop/e:1',
      'stream.json:4 shop/f:1',
      'two.yaml:17 shop/b:1',
      'two.yaml:8 shop/a:1',
    ],
  },
  {
    title: 'workloads: init and ephemeral containers, image volumes, nodes of one architecture',
    files: {
      'web.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  template:
    spec:
      nodeSelector: { kubernetes.io/arch: arm64 }
      initContainers: [{ name: init, image: "shop/init:1" }]
      containers:
      - { name: web, image: "shop/web:1", imagePullPolicy: Never }
      - { name: log, image: "shop/log:1" }
      volumes: [{ name: data, image: { reference: "shop/data:1" } }]
---
apiVersion: batch/v1
kind: CronJob
metadata: { name: night }
spec: { jobTemplate: { spec: { template: { spec: { containers: [{ name: n, image: "shop/night:1" }] } } } } }
`,
    },
    found: [
      'web.yaml:10 shop/web:1 (local-build)',
      'web.yaml:11 shop/log:1 for linux/arm64',
      'web.yaml:12 shop/data:1 for linux/arm64',
      'web.yaml:17 shop/night:1',
      'web.yaml:8 shop/init:1 for linux/arm64',
    ],
  },
  {
    title: 'YAML as go-yaml reads it, and data before the kind',
    files: {
      'a.yaml': `${pod('a', 'shop/a:1')}    note: 'first\n\nsecond'\n    command: [\n"sh"\n]\n    env: [{ name: x, value: y },\n{ name: z, value: y }]\n`,
      'b.yaml': `apiVersion: v1\ndata:\n  text: |\n${'    long\n'.repeat(2000)}kind: ConfigMap\n---\n${pod('b', 'shop/b:1')}`,
      'c.yaml': pod('c', 'shop/c:1').replaceAll('\n', '\r'),
      'd.yaml': pod('d', 'shop/d:1').replace('name: d\n', 'name: d\n  labels: { a: b }\n  labels: { a: c }\n'),
    },
    found: ['a.yaml:8 shop/a:1', 'b.yaml:2013 shop/b:1', 'c.yaml:8 shop/c:1', 'd.yaml:10 shop/d:1'],
  },
  {
    title: 'custom resources: parts, lists, operators, OpenShift',
    files: {
      'database.yaml': `apiVersion: example.com/v1
kind: Database
metadata: { name: db }
spec:
  initContainers:
  - { name: a, image: { repository: registry.example.com/init, tag: "1" } }
  image: { registry: registry.example.net, image: shop/db, tag: v1, digest: "sha256:${SHA}" }
  proxy: { image: { repository: registry.example.com/proxy } }
  images: [ "registry.example.com/warm:1", busybox ]
`,
      'operator.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: { name: op }
spec:
  template:
    spec:
      containers:
      - name: op
        image: shop/op:1
        args:
        - --executor-image
        - registry.example.com/exec:1
        - --config-reloader=registry.example.com/reloader:1
        env:
        - { name: WORKER_IMAGE, value: "registry.example.com/worker:1" }
`,
      'config.yaml': `apiVersion: apps.openshift.io/v1
kind: DeploymentConfig
metadata: { name: dc }
spec:
  triggers: [{ type: ImageChange, imageChangeParams: { containerNames: [web] } }]
  template: { spec: { containers: [{ name: web, image: "web:latest" }, { name: log, image: "shop/log:1" }] } }
---
apiVersion: image.openshift.io/v1
kind: ImageStream
metadata: { name: is }
spec: { tags: [{ from: { kind: DockerImage, name: "registry.example.com/stream:1" } }] }
`,
    },
    found: [
      'config.yaml:11 registry.example.com/stream:1',
      'config.yaml:6 shop/log:1',
      'config.yaml:6 web:latest (unresolved-variable)',
      'database.yaml:6 registry.example.com/init:1',
      'database.yaml:7 registry.example.net/shop/db:v1@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
      'database.yaml:8 registry.example.com/proxy (unresolved-variable)',
      'database.yaml:9 busybox',
      'database.yaml:9 registry.example.com/warm:1',
      'operator.yaml:12 registry.example.com/exec:1',
      'operator.yaml:13 registry.example.com/reloader:1',
      'operator.yaml:15 registry.example.com/worker:1',
      'operator.yaml:9 shop/op:1',
    ],
  },
  {
    title: 'kustomize: overlays with bases and components',
    files: {
      'base/kustomization.yaml': 'resources: [web.yaml]\n',
      'base/web.yaml': pod('web', 'web:1.4'),
      'extra/kustomization.yaml':
        'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [log.yaml]\n',
      'extra/log.yaml': pod('log', 'shop/log:1'),
      'prod/kustomization.yaml':
        'resources: [../base]\ncomponents: [../extra]\nimages: [{ name: web, newName: registry.example.com/web }]\n',
      'alone/kustomization.yaml':
        'images:\n- { name: api, newName: registry.example.com/api }\n- { name: db, newTag: "2" }\n',
    },
    found: [
      'alone/kustomization.yaml:2 registry.example.com/api (unresolved-variable)',
      'alone/kustomization.yaml:3 db:2',
      'extra/log.yaml:8 shop/log:1',
      'prod/kustomization.yaml:3 registry.example.com/web:1.4',
    ],
  },
  {
    title: 'Argo CD and Flux',
    files: {
      'app.yaml': `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: app }
spec:
  source:
    kustomize: { images: ["web=registry.example.com/web:6"] }
    helm:
      values: |
        image: { repository: registry.example.com/api, tag: "3" }
`,
      'flux.yaml': `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: k }
spec: { images: [{ name: web, newName: registry.example.com/web, newTag: v2 }] }
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: h }
spec: { values: { image: { repository: registry.example.com/h }, side: { image: { repository: registry.example.com/s, tag: "1" } } } }
`,
    },
    found: [
      'app.yaml:6 registry.example.com/web:6',
      'app.yaml:9 registry.example.com/api:3',
      'flux.yaml:4 registry.example.com/web:v2',
      'flux.yaml:9 registry.example.com/h (unresolved-variable)',
      'flux.yaml:9 registry.example.com/s:1',
    ],
  },
  {
    title: 'Tekton and Skaffold',
    files: {
      'task.yaml': `apiVersion: tekton.dev/v1
kind: Task
metadata: { name: t }
spec:
  params: [{ name: image, default: "registry.example.com/tool:1" }]
  steps: [{ name: a, image: $(params.image) }, { name: b, image: $(params.other) }]
`,
      'skaffold.yaml':
        'apiVersion: skaffold/v4beta11\nkind: Config\nbuild: { artifacts: [{ image: web }] }\nverify: [{ name: v, container: { name: v, image: "shop/verify:1" } }]\n',
    },
    found: [
      'skaffold.yaml:3 web (local-build)',
      'skaffold.yaml:4 shop/verify:1',
      'task.yaml:6 $(params.other) (unresolved-variable)',
      'task.yaml:6 registry.example.com/tool:1',
    ],
  },
  {
    title: 'charts with their values',
    files: {
      'web/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\nappVersion: "2.3"\n',
      'web/values.yaml':
        'image:\n  repository: registry.example.com/web\n  tag: ""\nside:\n  image: registry.example.com/side:1\n',
      'global/Chart.yaml': 'apiVersion: v2\nname: global\nversion: 1.0.0\n',
      'global/values.yaml':
        'global: { imageRegistry: registry.example.com }\nimage: { registry: docker.io, repository: shop/web, tag: "1" }\nown: { image: { registry: registry.example.com, repository: own, tag: "1" } }\n',
      'listed/Chart.yaml':
        'apiVersion: v2\nname: listed\nannotations:\n  artifacthub.io/images: |\n    - { name: a, image: "shop/a:1" }\n',
    },
    found: [
      'global/Chart.yaml:2 global (unresolved-variable)',
      'global/values.yaml:2 docker.io/shop/web:1 (unresolved-variable)',
      'global/values.yaml:3 registry.example.com/own:1',
      'listed/Chart.yaml:5 shop/a:1',
      'web/Chart.yaml:2 web (unresolved-variable)',
      'web/values.yaml:2 registry.example.com/web (unresolved-variable)',
      'web/values.yaml:5 registry.example.com/side:1',
    ],
  },
];

const BUILDS: readonly Project[] = [
  {
    title: 'Compose: overrides, parts, builds, profiles',
    files: {
      'compose.yaml':
        'services:\n  a: { image: "shop/a:1" }\n  b: { image: "shop/b:1" }\n  c: { image: "shop/c:1", profiles: [debug] }\n',
      'compose.override.yaml': 'services:\n  a: { image: "shop/a:2" }\n  b: { build: . }\n',
      'other/docker-compose.yml': 'services:\n  d: { image: "shop/d:${V:-1}" }\n  e: { image: "shop/e:$UNSET" }\n',
      'other/docker-compose.prod.yml': 'services:\n  d: { restart: always }\n  f: { image: "shop/f:1" }\n',
      'project.json':
        '{"services": {\n "g": {"image": "shop/g:1", "platform": "linux/arm64"},\n "h": {"build": {}, "image": "h"}}}\n',
    },
    found: [
      'compose.override.yaml:2 shop/a:2',
      'compose.yaml:3 shop/b:1 (local-build)',
      'other/docker-compose.prod.yml:3 shop/f:1',
      'other/docker-compose.yml:2 shop/d:1',
      'other/docker-compose.yml:3 shop/e:$UNSET (unresolved-variable)',
      'project.json:2 shop/g:1 for linux/arm64',
      'project.json:3 h (local-build)',
    ],
  },
  {
    title: 'Dockerfiles and Containerfiles',
    files: {
      Dockerfile:
        '# syntax=registry.example.com/frontend:1\nARG V=1 \\\n  W=2\nFROM --platform=linux/amd64 shop/build:$V AS build\nFROM shop/run:$W\nCOPY --from=build /a /a\nCOPY --from=shop/files:1 /b /b\nRUN --mount=type=bind,from=shop/mount:1,target=/m true\n',
      'Dockerfile-web': 'ARG A=1 \\\n  B=2\nfrom shop/web:$B\n',
      'api.Dockerfile': 'FROM shop/api:{{version}}\n',
      Containerfile:
        'ARG TOOLS=shop/tools:1\nFROM shop/base:1\nARG TOOLS\nENV MORE=shop/more:1\nCOPY --from=$TOOLS /a /a\nCOPY --from=$MORE /a /a\nRUN --mount=type=bind,from=${INHERITED},target=/x true\n',
      'docker-bake.json':
        '{"target": {"app": {"context": ".",\n "contexts": {"base": "docker-image://shop/bake:1"}}}}\n',
      '.devcontainer/devcontainer.json': '// comment\n{ "image": "shop/dev:1" }\n',
    },
    found: [
      '.devcontainer/devcontainer.json:2 shop/dev:1',
      'Containerfile:2 shop/base:1',
      'Containerfile:5 shop/tools:1',
      'Containerfile:6 shop/more:1',
      'Containerfile:7 ${INHERITED} (unresolved-variable)',
      'Dockerfile-web:3 shop/web:2',
      'Dockerfile:1 registry.example.com/frontend:1',
      'Dockerfile:4 shop/build:1 for linux/amd64',
      'Dockerfile:5 shop/run:2',
      'Dockerfile:7 shop/files:1',
      'Dockerfile:8 shop/mount:1',
      'api.Dockerfile:1 shop/api:{{version}} (unresolved-variable)',
      'docker-bake.json:2 shop/bake:1',
    ],
  },
  {
    title: 'Podman quadlets, Ansible, ECS, SBOMs',
    files: {
      'web.container': '[Container]\nImage=registry.example.com/web:1\n',
      'data.volume': '[Volume]\nDriver=image\nImage=registry.example.com/data:1\n',
      'site.yml':
        '- hosts: all\n  tasks:\n  - name: run\n    community.docker.docker_container:\n      name: a\n      image: registry.example.com/a:1\n',
      'task.json':
        '{"family": "t", "containerDefinitions": [\n {"name": "a", "image": "registry.example.com/ecs:1"}]}\n',
      'bom.json':
        '{"bomFormat": "CycloneDX", "components": [\n {"type": "container", "name": "registry.example.com/sbom", "version": "1"}]}\n',
    },
    found: [
      'bom.json:2 registry.example.com/sbom:1',
      'data.volume:3 registry.example.com/data:1',
      'site.yml:6 registry.example.com/a:1',
      'task.json:2 registry.example.com/ecs:1',
      'web.container:2 registry.example.com/web:1',
    ],
  },
];

const PIPELINES: readonly Project[] = [
  {
    title: 'GitHub workflows and actions',
    files: {
      '.github/workflows/ci.yml':
        'on: push\njobs:\n  a:\n    runs-on: x\n    container: shop/a:1\n    services:\n      db: { image: "shop/db:1" }\n    steps:\n    - uses: docker://shop/step:1\n    - run: \'one\n\n two\'\n  b:\n    runs-on: x\n    container: ${{ matrix.image }}\n',
      'action.yml': 'runs:\n  using: docker\n  image: docker://shop/action:1\n',
    },
    found: [
      '.github/workflows/ci.yml:15 ${{ matrix.image }} (unresolved-variable)',
      '.github/workflows/ci.yml:5 shop/a:1',
      '.github/workflows/ci.yml:7 shop/db:1',
      '.github/workflows/ci.yml:9 shop/step:1',
      'action.yml:3 shop/action:1',
    ],
  },
  {
    title: 'GitLab with local includes',
    files: {
      '.gitlab-ci.yml':
        'include:\n- local: /ci/build.yml\n- local: ci/jobs/*.yml\n- local: [ci/one.yml, ci/two.yml]\ndefault: { image: "shop/default:1" }\ntest: { extends: .t, script: x }\nlint: { script: x, services: ["shop/db:1"] }\n',
      'ci/build.yml': '.t: { image: "shop/template:1" }\n',
      'ci/jobs/a.yml': 'a: { image: "shop/a:1", script: x }\n',
      'ci/jobs/deep/b.yml': 'b: { image: "shop/b:1" }\n',
      'ci/one.yml': '.one: { image: "shop/one:1" }\n',
      'ci/two.yml': 'two: { extends: .one, script: x }\n',
    },
    found: [
      '.gitlab-ci.yml:5 shop/default:1',
      '.gitlab-ci.yml:7 shop/db:1',
      'ci/build.yml:1 shop/template:1',
      'ci/jobs/a.yml:1 shop/a:1',
      'ci/one.yml:1 shop/one:1',
    ],
  },
  {
    title: 'other pipelines',
    files: {
      '.circleci/config.yml':
        'version: 2.1\njobs:\n  a:\n    docker: [{ image: "shop/circle:1" }]\n    steps: []\n  b:\n    machine: { image: "ubuntu-2204:2024.01.1" }\n    steps: []\n',
      'bitbucket-pipelines.yml':
        'image: shop/bit:1\npipelines:\n  default:\n  - step:\n      image: shop/step:1\n      script: [make, { pipe: "docker://shop/pipe:1" }]\n',
      'azure-pipelines.yml': 'jobs:\n- job: a\n  container: shop/azure:1\n  services: { db: "shop/azdb:1" }\n',
      '.woodpecker.yml': 'steps:\n  a: { image: "shop/wood:1", commands: [x] }\n',
      '.drone.yml': 'kind: pipeline\ntype: docker\nname: x\nsteps:\n- { name: a, image: "shop/drone:1" }\n',
      'cloudbuild.yaml': 'steps:\n- name: shop/cloud:1\n  args: [x]\n',
      '.buildkite/pipeline.yml': 'steps:\n- command: x\n  plugins:\n  - docker#v5.0.0: { image: "shop/buildkite:1" }\n',
    },
    found: [
      '.buildkite/pipeline.yml:4 shop/buildkite:1',
      '.circleci/config.yml:4 shop/circle:1',
      '.drone.yml:5 shop/drone:1',
      '.woodpecker.yml:2 shop/wood:1',
      'azure-pipelines.yml:3 shop/azure:1',
      'azure-pipelines.yml:4 shop/azdb:1',
      'bitbucket-pipelines.yml:1 shop/bit:1',
      'bitbucket-pipelines.yml:5 shop/step:1',
      'bitbucket-pipelines.yml:6 shop/pipe:1',
      'cloudbuild.yaml:2 shop/cloud:1',
    ],
  },
];

const OTHERS: readonly Project[] = [
  {
    title: 'files of other programs',
    files: {
      'services.yaml': 'services:\n  _defaults: { autowire: true }\n  App\\Mailer: { class: App\\Mailer }\n',
      'shop.services.yml': 'services:\n  shop.cart: { class: Cart, arguments: ["@x"] }\n',
      'dockerfile.go': 'package dockerfile\n',
      'dockerfile.ts': 'import { x } from "y";\n',
      'containerfile.py': 'from os import path\n',
      Modelfile: 'FROM llama3.2\nPARAMETER temperature 1\n',
      '.travis.yml': 'language: node_js\nservices: [docker, redis-server]\nscript: make\n',
      'values.yaml': 'image: { repository: shop/x, tag: "1" }\nhooks: { script: x, extends: y }\n',
      'README.md': '# Shop\n```yaml\nservices:\n  web:\n    image: shop/readme:1\n```\n',
      'compose_test.go': 'package x\n\nconst text = `\nservices:\n  web:\n    image: shop/code:1\n`\n',
      'shop.patch': '+x\nservices:\n  web:\n    image: shop/patch:1\n',
    },
    found: [],
  },
  {
    title: 'files that must be evaluated',
    files: {
      'docker-bake.hcl': 'target "a" { context = "." }\n',
      Jenkinsfile: 'pipeline { agent { docker { image "shop/a:1" } } }\n',
      Tiltfile: 'docker_build("x", ".")\n',
      Earthfile: 'VERSION 0.8\nFROM shop/a:1\n',
    },
    found: [
      'Earthfile Earthfile (unresolved-variable)',
      'Jenkinsfile Jenkinsfile (unresolved-variable)',
      'Tiltfile Tiltfile (unresolved-variable)',
      'docker-bake.hcl docker-bake.hcl (unresolved-variable)',
    ],
  },
  {
    title: 'placeholders',
    files: {
      'a.yaml': ['web:@TAG@', 'web:%TAG%', '"web:{TAG}"', '"web:[[TAG]]"', 'registry.example.com/@NAME@/web:1']
        .map((image, index) => pod(`p${index}`, image))
        .join('---\n'),
    },
    found: [
      'a.yaml:17 web:%TAG% (unresolved-variable)',
      'a.yaml:26 web:{TAG} (unresolved-variable)',
      'a.yaml:35 web:[[TAG]] (unresolved-variable)',
      'a.yaml:44 registry.example.com/@NAME@/web:1 (unresolved-variable)',
      'a.yaml:8 web:@TAG@ (unresolved-variable)',
    ],
  },
  {
    title: 'files that the user names: lists, values, patches, references',
    files: {
      'images.txt': '# ours\nshop/a:1\nshop/b:1 # comment\n',
      'values.yaml': `image: { registry: registry.example.net, image: shop/web, tag: v1, digest: "sha256:${SHA}" }\n`,
      'patch.yaml': '- op: replace\n  path: /spec/template/spec/containers/0/image\n  value: shop/patch:1\n',
      'list.yaml': '- image: shop/c:1\n- name: x\n  image: shop/d:1\n',
      'refs.json': '["shop/e:1", "busybox"]\n',
    },
    named: ['images.txt', 'values.yaml', 'patch.yaml', 'list.yaml', 'refs.json'],
    found: [
      'images.txt:2 shop/a:1',
      'images.txt:3 shop/b:1',
      'list.yaml:1 shop/c:1',
      'list.yaml:3 shop/d:1',
      'patch.yaml:3 shop/patch:1',
      'refs.json:1 busybox',
      'refs.json:1 shop/e:1',
      'values.yaml:1 registry.example.net/shop/web:v1@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
    ],
  },
];

export const PROJECTS: readonly Project[] = [...KUBERNETES, ...BUILDS, ...PIPELINES, ...OTHERS];
