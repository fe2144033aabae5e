// Judges the config of an image, read whole: its digest, its size, and the platform in it.

import { failure, type Outcome, success } from '../core/outcome.ts';
import type { HttpResponse } from '../http/send.ts';
import { type ImageConfig, readImageConfig } from '../registry/image-config.ts';
import { capital, type Finding, find, type Part, type Question } from './finding.ts';

export function judgeConfig(question: Question, { body, truncated }: HttpResponse): Outcome<ImageConfig, Finding> {
  const { name, descriptor } = question.part as Part;
  const read = readImageConfig({ bytes: body, truncated }, descriptor);
  if (read.ok) return success(read.value);
  const hint = 'A pull would fail. Push the image again, or have the registry restore it.';
  return failure(find('corrupt', 'config', `${capital(name)} ${read.error}.`, hint));
}
