// The login a request carries: `Basic base64(user-id ":" password)`, RFC 7617 section 2.

export interface BasicLogin {
  readonly username: string;
  readonly password: string;
}

export function basicLogin(authorization: string | undefined): BasicLogin | undefined {
  const match = /^basic +(\S+)$/i.exec(authorization ?? '');
  if (match === null) return undefined;
  const pair = Buffer.from(match[1] ?? '', 'base64').toString();
  const colon = pair.indexOf(':');
  return colon < 0 ? undefined : { username: pair.slice(0, colon), password: pair.slice(colon + 1) };
}
