// Judges the config of an image, read whole: its digest, its size, and the platform in it.

import { failure, type Outcome, success } from '../core/outcome.ts';
import type { HttpResponse } from '../http/send.ts';
import { type ImageConfig, readImageConfig } from '../registry/image-config.ts';
import { capital, type Finding, find, type Part, type Question } from './finding.ts';
import { judgeSubstitute } from './judge-intercepted.ts';

export function judgeConfig(question: Question, response: HttpResponse): Outcome<ImageConfig, Finding> {
  const part = question.part as Part;
  const read = readImageConfig(
    { bytes: response.body, truncated: response.truncated, quote: response.quote },
    part.descriptor,
  );
  if (read.ok) return success(read.value);
  const hint = 'A pull would fail. Push the image again, or have the registry restore it.';
  const corrupt = find('corrupt', 'config', `${capital(part.name)} ${read.error}.`, hint);
  return failure(judgeSubstitute(response, part) ?? corrupt);
}
