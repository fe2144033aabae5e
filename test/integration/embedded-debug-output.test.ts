// The output of -v and KAIROS_PULL_DEBUG can be pasted into a public issue: no token, signature, cookie or credential.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createImage } from '../../src/demo/image.ts';
import { startRegistry } from '../../src/demo/registry.ts';
import { type Fault, redirect, replyWith, reset } from '../support/faults.ts';
import { assertSilent, base64, everythingWritten, IDENTITY_TOKEN, PASSWORD } from '../support/secrets.ts';

const COOKIE = 'cookie-Rb6xDm2Yp8Lk';
const SIGNATURE = 'signature-Wc4hTz9Qn1Sv';
const IN_PATH = `path-${'Gx5kPd7Jw3Fa'.repeat(6)}`;

const LOGINS: Readonly<Record<string, object>> = {
  'a password': { auth: base64(`ada:${PASSWORD}`) },
  'an identity token': { identitytoken: IDENTITY_TOKEN },
};

const SIGNED = `X-Amz-Credential=${SIGNATURE}&X-Amz-Signature=${SIGNATURE}&sig=${SIGNATURE}&scope=${SIGNATURE}&${SIGNATURE}`;

describe('debug output shows no secret', () => {
  for (const [name, login] of Object.entries(LOGINS)) {
    /** What is done with the place that all content is redirected to. */
    const endings: Readonly<Record<string, Fault | undefined>> = {
      'where the check goes well': undefined,
      'where the storage refuses': replyWith({
        status: 403,
        body: `<Error><Signature>${SIGNATURE}</Signature></Error>`,
      }),
      'where the storage breaks off': reset(),
      'where the redirects do not end': redirect('?again'),
    };
    for (const [what, ending] of Object.entries(endings)) {
      it(`of a check with ${name}, ${what}`, async () => {
        await using storage = await startRegistry();
        await using registry = await startRegistry({ auth: 'bearer', users: { ada: PASSWORD } });
        for (const server of [storage, registry]) server.put('team/app', 'v1', createImage());
        const cookies = { 'set-cookie': [`session=${COOKIE}; Path=/`, `other=${COOKIE}`] };
        if (ending !== undefined) storage.inject(ending);
        registry.inject(
          ({ path }) => ({
            ...redirect(`${storage.origin}${path}?${SIGNED}#${SIGNATURE}`),
            headers: cookies,
          }),
          { path: /\/(?:blobs|manifests)\//, where: ({ headers }) => headers.authorization !== undefined },
        );
        const args = [`${registry.name}/team/app:v1`, '--layers', '--retries', '0'];
        const written = await everythingWritten(args, { auths: { [registry.name]: login } });
        assert.ok(storage.log.length > 0);
        assertSilent(written);
        for (const secret of [COOKIE, SIGNATURE]) assert.ok(!written.includes(secret), secret);
      });
    }

    it(`of a check with ${name}, whose content is behind a token in a path`, async () => {
      await using storage = await startRegistry();
      await using registry = await startRegistry({ auth: 'bearer', users: { ada: PASSWORD } });
      registry.put('team/app', 'v1', createImage());
      registry.inject(redirect(`${storage.origin}/${IN_PATH}/blob;jsessionid=${IN_PATH}`), { path: /\/manifests\// });
      const args = [`${registry.name}/team/app:v1`, '--retries', '0'];
      const written = await everythingWritten(args, { auths: { [registry.name]: login } });
      assert.ok(storage.log.length > 0);
      assertSilent(written);
      assert.ok(!written.includes(IN_PATH));
    });
  }
});
