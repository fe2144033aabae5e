import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isTokenRefused, saysBadLogin, saysExpired, saysLockedOut } from '../../src/auth/credential-rejection.ts';
import { cleanText } from '../../src/core/text.ts';
import { HttpHeaders } from '../../src/http/headers.ts';
import type { HttpResponse } from '../../src/http/send.ts';

const response = (status: number, body: string): HttpResponse => ({
  status,
  headers: new HttpHeaders(),
  body: Buffer.from(body),
  truncated: false,
  url: new URL('https://auth.test/token'),
  host: 'auth.test',
  quote: cleanText,
  crossedOrigin: false,
});
const error = (code: string, message: string): string => JSON.stringify({ errors: [{ code, message }] });

describe('a refusal', () => {
  // status, body: wrong credential, expired, locked out, refused by a token service
  const cases: [string, number, string, string][] = [
    ['of Docker Hub', 401, '{"details":"incorrect username or password"}\n', 'wrong refused'],
    [
      'of Quay for a robot',
      401,
      error('UNAUTHORIZED', 'Could not find robot with specified username'),
      'wrong refused',
    ],
    ['of Quay for a password', 401, error('UNAUTHORIZED', 'Invalid username or password.'), 'wrong refused'],
    ['of GitLab', 401, error('UNAUTHORIZED', 'HTTP Basic: Access denied. The provided password…'), 'wrong refused'],
    ['of Artifactory', 401, '{"errors":[{"status":401,"message":"Bad credentials"}]}', 'wrong refused'],
    ['of GHCR, which may be about the package', 403, error('DENIED', 'denied'), 'refused'],
    ['of NGC, which may be about the image', 403, error('DENIED', 'Access Denied'), 'refused'],
    ['of a repository', 401, error('UNAUTHORIZED', 'authentication required'), 'refused'],
    [
      'of an expired pull token',
      400,
      error('BAD_REQUEST', "InvalidArgument: this identity's keys have expired"),
      'expired refused',
    ],
    ['of an unknown organisation', 400, error('BAD_REQUEST', 'unable to resolve example.com'), 'refused'],
    [
      'of an expired ECR credential',
      403,
      error('DENIED', 'Your authorization token has expired. Reauthenticate and try again.'),
      'expired refused',
    ],
    ['of an invalid request', 400, error('INVALID_REQUEST', 'No service name provided'), ''],
    ['of a locked account', 429, 'too many failed login attempts for username or IP address', 'locked'],
    ['of too many requests', 429, error('TOOMANYREQUESTS', 'slow down'), ''],
    ['of a failing service', 503, '<h1>503</h1>', ''],
    ['of a disabled namespace', 405, error('DENIED', 'namespace disabled'), ''],
  ];
  for (const [name, status, body, expected] of cases) {
    it(`${name} says: ${expected || 'nothing about the credential'}`, () => {
      const one = response(status, body);
      const said = [
        saysBadLogin(one) && 'wrong',
        saysExpired(one) && 'expired',
        saysLockedOut(one) && 'locked',
        isTokenRefused(one) && 'refused',
      ];
      assert.equal(said.filter(Boolean).join(' '), expected);
    });
  }
});
