// What a refusal says of the login: wrong, expired, or locked out. Matched on words, since no status tells them apart.

import type { HttpResponse } from '../http/send.ts';

const BAD_LOGIN =
  /incorrect username or password|invalid username or password|could not find robot|access denied|bad credentials|invalid credentials|invalid user|wrong password/i;
const EXPIRED =
  /token has expired|keys have expired|token is expired|credentials? (?:have|has) expired|session expired/i;
const LOCKED_OUT = /too many failed login attempts|account (?:is )?locked/i;
/** Chainguard's words for a user name that names nobody. */
const UNKNOWN_USER = /unable to resolve/i;

const words = ({ body }: HttpResponse): string => Buffer.from(body.subarray(0, 4096)).toString();

/** The service says that user name and password do not fit, not merely that this repository is out of reach. */
export const saysBadLogin = (response: HttpResponse): boolean =>
  response.status === 401 && BAD_LOGIN.test(words(response));

export const saysExpired = (response: HttpResponse): boolean => EXPIRED.test(words(response));

export const saysLockedOut = (response: HttpResponse): boolean => LOCKED_OUT.test(words(response));

/** A token service turns the caller away: a 400 only when it is about the login (Chainguard), not the question. */
export const isTokenRefused = (response: HttpResponse): boolean =>
  response.status === 401 ||
  response.status === 403 ||
  (response.status === 400 && (saysExpired(response) || UNKNOWN_USER.test(words(response))));
