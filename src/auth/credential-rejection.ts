// What a response says about a rejected credential: wrong, expired or locked out. No status distinguishes them: words do.

import type { HttpResponse } from '../http/send.ts';

const BAD_LOGIN =
  /incorrect username or password|invalid username or password|could not find robot|access denied|bad credentials|invalid credentials|invalid user|wrong password/i;
const EXPIRED =
  /token has expired|keys have expired|token is expired|credentials? (?:have|has) expired|session expired/i;
const LOCKED_OUT = /too many failed login attempts|account (?:is )?locked/i;
/** Chainguard's words for an unknown user name. */
const UNKNOWN_USER = /unable to resolve/i;

const words = ({ body }: HttpResponse): string => Buffer.from(body.subarray(0, 4096)).toString();

/** The response says that user name and password are wrong, not only that this repository is inaccessible. */
export const saysBadLogin = (response: HttpResponse): boolean =>
  response.status === 401 && BAD_LOGIN.test(words(response));

export const saysExpired = (response: HttpResponse): boolean => EXPIRED.test(words(response));

export const saysLockedOut = (response: HttpResponse): boolean => LOCKED_OUT.test(words(response));

/** The token service refuses the credential: with 400 only if it is about the credential (Chainguard), not the request. */
export const isTokenRefused = (response: HttpResponse): boolean =>
  response.status === 401 ||
  response.status === 403 ||
  (response.status === 400 && (saysExpired(response) || UNKNOWN_USER.test(words(response))));
