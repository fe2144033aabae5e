// Files that name images in a language of their own, which must be evaluated: what to run instead.

import { basename } from 'node:path';

interface Language {
  readonly name: RegExp;
  /** Whether the text may name images. */
  readonly mayHaveImages: RegExp;
  readonly advice: string;
}

const LANGUAGES: readonly Language[] = [
  {
    name: /^docker-bake(?:\..+)?\.hcl$/i,
    mayHaveImages: /./,
    advice: 'HCL is not evaluated; pass the output of `docker buildx bake --print` to `kairos-pull check -f -`.',
  },
  {
    name: /\.nomad(?:\.hcl)?$|\.nomad\.tpl$/i,
    mayHaveImages: /\bimage\b/,
    advice: 'HCL is not evaluated; pass the output of `nomad job run -output` to `kairos-pull check -f -`.',
  },
  {
    name: /\.(?:tf|tofu)$/i,
    mayHaveImages: /\b(?:image|image_uri|docker_image|container_definitions)\b/,
    advice:
      'Terraform is not evaluated; pass the output of `terraform show -json` for a saved plan to `kairos-pull check -f -`.',
  },
  {
    name: /\.hcl$/i,
    mayHaveImages: /\bimage\b/,
    advice: 'HCL is not evaluated; pass what its program renders as JSON to `kairos-pull check -f -`.',
  },
  {
    name: /^Jenkinsfile(?:[-_.].*)?$|\.jenkinsfile$/i,
    mayHaveImages: /\b(?:docker|image|containerTemplate|dockerfile)\b/,
    advice: 'Jenkins pipelines are programs, which are not run; name their images: `kairos-pull check IMAGE`.',
  },
  {
    name: /^Tiltfile(?:[-_.].*)?$|\.tiltfile$/i,
    mayHaveImages: /./,
    advice: 'Tiltfiles are programs, which are not run; check the Kubernetes objects and Dockerfiles that they load.',
  },
  {
    name: /^Earthfile$|\.earth$/i,
    mayHaveImages: /./,
    advice: 'Earthfiles are not evaluated; name the images after FROM: `kairos-pull check IMAGE`.',
  },
  {
    name: /^\.drone\.(?:jsonnet|star)$/i,
    mayHaveImages: /./,
    advice:
      'The pipeline is a program, which is not run; pass the output of `drone jsonnet` or `drone starlark` to `kairos-pull check -f -`.',
  },
];

/** Known by its name alone. Undefined for other files. */
export const languageOf = (path: string): Language | undefined =>
  LANGUAGES.find(({ name }) => name.test(basename(path)));
