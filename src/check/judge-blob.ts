// Judges the headers of a config or layer: is it as large as the manifest says?

import { failure, type Outcome, success } from '../core/outcome.ts';
import type { HttpResponse } from '../http/send.ts';
import { blobSize } from '../registry/blob-size.ts';
import { capital, type Finding, find, inBytes, type Part, type Question } from './finding.ts';

export function judgeBlob(question: Question, response: HttpResponse): Outcome<null, Finding> {
  const { kind, name, descriptor } = question.part as Part;
  const size = blobSize(response);
  if (size === undefined || size === descriptor.size) return success(null);
  const message = `${capital(name)} has ${inBytes(size)}, but the manifest says ${descriptor.size}.`;
  const hint = 'A pull would fail. Push the image again, or have the registry restore it.';
  return failure(find('corrupt', kind, message, hint));
}
