// Judges a config or layer by what was answered for it: is it there, and as large as the manifest says?

import { failure, type Outcome, success } from '../core/outcome.ts';
import type { HttpResponse } from '../http/send.ts';
import { type BlobEvidence, readBlobBody, readBlobHead } from '../registry/blob-evidence.ts';
import { capital, type Finding, find, inBytes, type Part, type Question } from './finding.ts';
import { judgeSubstitute } from './judge-intercepted.ts';

/** `unclear`: only the bytes can tell whether it is there. */
export type BlobState = 'present' | 'present-of-unknown-size' | 'unclear';

/** By the head of the answer. */
export const judgeBlobHead = (question: Question, response: HttpResponse): Outcome<BlobState, Finding> =>
  judge(question, response, readBlobHead);

/** By the body of the answer, or by the beginning of one. */
export const judgeBlobBody = (question: Question, response: HttpResponse): Outcome<BlobState, Finding> =>
  judge(question, response, readBlobBody);

function judge(
  question: Question,
  response: HttpResponse,
  read: (response: HttpResponse, descriptor: Part['descriptor']) => BlobEvidence,
): Outcome<BlobState, Finding> {
  const part = question.part as Part;
  const evidence = read(response, part.descriptor);
  if (evidence.kind === 'unclear') return success('unclear');
  if (evidence.kind === 'present') return success(evidence.sizeKnown ? 'present' : 'present-of-unknown-size');
  return failure(judgeSubstitute(response, part) ?? judgeDamage(part, response, evidence));
}

function judgeDamage(
  { kind, name, descriptor: { size, mediaType } }: Part,
  { host, status, quote }: HttpResponse,
  evidence: Exclude<BlobEvidence, { kind: 'present' | 'unclear' }>,
): Finding {
  const corrupt = (problem: string): Finding => {
    const hint = 'A pull would fail. Push the image again, or have the registry restore it.';
    return find('corrupt', kind === 'config' ? 'config' : 'layer', `${capital(name)} ${problem}.`, hint);
  };
  switch (evidence.kind) {
    case 'other-size': {
      const actual = `${evidence.orMore ? 'more than ' : ''}${inBytes(evidence.size)}`;
      return corrupt(`has ${actual}, but the manifest says ${size}`);
    }
    case 'other-digest':
      return corrupt(`does not match its digest: its content is ${evidence.digest}`);
    case 'coded':
      return corrupt(
        `is served with Content-Encoding ${quote(evidence.coding, 40)}, and a client that undoes it gets other bytes than the manifest names`,
      );
    case 'other-content': {
      const type = mediaType === '' ? 'such a blob' : quote(mediaType, 100);
      const message = `${host} answers ${status} for ${name}, without a length and with bytes that do not begin as ${type} does.`;
      return find('not-a-registry', 'not-oci', message, 'Check whether a proxy on the way answers for the registry.');
    }
    default:
      evidence satisfies never;
      throw new TypeError('unknown evidence');
  }
}
