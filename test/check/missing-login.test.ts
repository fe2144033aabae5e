import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createChecker } from '../../src/check/checker.ts';
import type { Result } from '../../src/core/result.ts';
import { startServer } from '../../src/demo/server.ts';
import { formatReason } from '../../src/report/reason.ts';
import { createHome, EMPTY_HELPER, type Home } from '../support/temporary-folder.ts';

/** Of a registry that requires a login. */
async function checkClosed(
  home: (registry: string) => Home,
  more: Readonly<Record<string, string>> = {},
): Promise<Result & { readonly registry: string }> {
  await using server = await startServer(() => ({
    status: 401,
    headers: { 'www-authenticate': 'Basic realm="x"' },
    body: '{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}',
  }));
  using folder = home(server.name);
  const checker = createChecker({ env: { ...folder.env, ...more }, plainHttp: true, retries: 0 });
  const result = await checker.check(`${server.name}/team/app:1`);
  await checker.close();
  return { ...result, registry: server.name };
}

describe('a login that should be there', () => {
  it('is the message if the credentials file cannot be read', async () => {
    const { reason, message, hint, hintCode, warnings, registry } = await checkClosed(() =>
      createHome({ '.docker/config.json': '{"auths":' }),
    );
    assert.deepEqual([reason, hintCode, warnings], ['unauthorized', 'check-credentials-file', []]);
    assert.match(
      message,
      /^~\/\.docker\/config\.json: it is not valid JSON .*; no credentials were read from it\. Without/,
    );
    assert.equal(hint, `Repair ~/.docker/config.json, or log in: \`docker login ${registry}\`.`);
  });

  it('is the message if its entry is unusable', async () => {
    const { message, hintCode } = await checkClosed((registry) =>
      createHome({ '.docker/config.json': { auths: { [registry]: { auth: '%%%' } } } }),
    );
    assert.match(message, /the entry "127\.0\.0\.1:\d+" is unusable: its "auth" is not base64-encoded/);
    assert.equal(hintCode, 'check-credentials-file');
  });

  it('is the message if a variable is missing', async () => {
    const result = await checkClosed(() => createHome(), { KAIROS_PULL_PASSWORD: 'x' });
    const { message, hint, hintCode, registry } = result;
    assert.match(
      message,
      /^\$KAIROS_PULL_PASSWORD: ignored because \$KAIROS_PULL_REGISTRY and \$KAIROS_PULL_USERNAME are not set\. Without/,
    );
    assert.equal(
      hint,
      `Set KAIROS_PULL_REGISTRY=${registry} and KAIROS_PULL_USERNAME, or log in: \`docker login ${registry}\`.`,
    );
    assert.equal(hintCode, 'complete-credentials');
    assert.equal(formatReason(result), 'unauthorized (credentials incomplete)');
  });

  it('is not stored by docker login where a helper replaces the file', async () => {
    const { hint, hintCode } = await checkClosed((registry) => {
      const home = createHome({ '.docker/config.json': { credHelpers: { [registry]: 'gcloud' } } });
      home.addHelper('gcloud', EMPTY_HELPER);
      return home;
    });
    assert.equal(hintCode, 'check-credential-helper');
    assert.match(hint ?? '', /docker-credential-gcloud, which has none: log in with `gcloud auth login`/);
    assert.doesNotMatch(hint ?? '', /docker login/);
  });

  it('needs neither docker nor the removal of a missing helper in a pipeline', async () => {
    const { message, hint, registry } = await checkClosed(
      (name) => createHome({ '.docker/config.json': { credHelpers: { [name]: 'none-such' } } }),
      { CI: 'true' },
    );
    assert.match(message, /^docker-credential-none-such is not on the PATH; ~\/\.docker\/config\.json relies on it/);
    assert.equal(
      hint,
      `Install it. Or set KAIROS_PULL_REGISTRY=${registry}, KAIROS_PULL_USERNAME and KAIROS_PULL_PASSWORD. The variables are for this check only; a pull requires the helper.`,
    );
  });
});
