// Judges a refusal that has nothing to do with credentials: a policy of the registry, a firewall or a CDN.

import { says } from '../registry/dialects.ts';
import type { Evidence } from '../registry/evidence.ts';
import { requestIdOf } from '../registry/response-trace.ts';
import { formatStatus } from '../registry/status.ts';
import { type CheckedImage, type Finding, finding, quoteRegistry } from './finding.ts';
import { advise } from './hint.ts';
import { describeResponse } from './response-words.ts';

/** undefined if the response is not such a refusal. */
export function judgeBlock(image: CheckedImage, evidence: Evidence): Finding | undefined {
  const { status, host, crossedOrigin, body } = evidence.response;
  if (status < 400 || status === 401) return undefined;
  if (status === 451) return legalBlock(image, evidence);
  if (says(evidence, 'policy-block', namesOf(image))) return policyBlock(image, evidence);
  if (status !== 403) return undefined;
  const { headers } = evidence.response;
  // The page of a block by Cloudflare: a registry behind it would send an answer of its own.
  const isCloudflare =
    evidence.page !== undefined && headers.get('server') === 'cloudflare' && headers.get('cf-ray') !== undefined;
  const who = isCloudflare
    ? `Cloudflare, in front of ${host}, blocked the request`
    : `${host}, or a firewall in front of it, blocked the request`;
  const blocked = (why: string): Finding => networkBlock(`${who}: ${why}`, evidence);
  if (crossedOrigin)
    return blocked(`${formatStatus(status)} after a redirect from ${image.host}${quoteRegistry(evidence)}`);
  if (evidence.page !== undefined) return blocked(describeResponse(evidence));
  if (says(evidence, 'network-block', namesOf(image))) {
    return blocked(quoteRegistry(evidence).replace(/^: /, '') || String(status));
  }
  if (image.known.hasNoAccounts) return blocked('403 from a registry that has no accounts');
  return body.length === 0 && !evidence.isFromRegistry ? blocked('403 with an empty body') : undefined;
}

const networkBlock = (message: string, evidence: Evidence): Finding => {
  const id = requestIdOf(evidence.response);
  const operator = id === undefined ? '' : `, or give the ${id} to the registry's operator`;
  const shown = message.includes(`${id} `) ? operator : '';
  return finding(
    {
      reason: 'denied',
      cause: 'network-block',
      message: `${message}.`,
      hint: advise('check-connection', `This says nothing about permissions. Try from another network${shown}.`),
    },
    evidence,
  );
};

/** RFC 7725. */
function legalBlock(image: CheckedImage, evidence: Evidence): Finding {
  const { host } = evidence.response;
  const words = evidence.page === undefined ? quoteRegistry(evidence) : ` with ${evidence.page}`;
  return finding(
    {
      reason: 'denied',
      cause: 'policy-block',
      message: `${host} blocks ${image.part === undefined ? 'this image' : 'it'} for legal reasons (451)${words}.`,
      hint: advise(
        'ask-for-approval',
        "Ask the registry's operator who demanded the block and where it applies, or use another image.",
      ),
    },
    evidence,
  );
}

function policyBlock(image: CheckedImage, evidence: Evidence): Finding {
  const { known, part } = image;
  const code = evidence.errors.find((error) => error.code !== null)?.code;
  const status = `${evidence.response.status}${code ? `, ${code}` : ''}`;
  const message = `A policy of ${known.name} blocks ${part === undefined ? 'this image' : 'it'} (${status})${quoteRegistry(evidence)}.`;
  const hint = says(evidence, 'image-moved', namesOf(image))
    ? 'Ask the owner of the image where it is now.'
    : says(evidence, 'terms-not-accepted', namesOf(image))
      ? 'Accept the terms with an account there, then log in with that account.'
      : 'The image exists: push one that passes, or ask the owner of that policy to allow this one.';
  return finding(
    { reason: 'denied', cause: 'policy-block', message, hint: advise('ask-for-approval', hint) },
    evidence,
  );
}

const namesOf = ({ reference }: CheckedImage): readonly (string | undefined)[] => [
  reference.repository,
  reference.repository.split('/').at(-1),
  reference.tag,
];
