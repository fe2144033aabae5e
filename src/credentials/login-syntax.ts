// Whether a login can be sent at all: what the grammars of its parts allow.
//
//   Bearer token     1*VCHAR, as a field value without blanks: RFC 9110 section 5.5, RFC 6750 section 2.1
//   refresh token    1*VSCHAR: RFC 6749 appendix A.17
//   user-id          no control character: RFC 7617 section 2
//   password         the same, but line breaks and tabs are sent: the key of a Google service account has several lines

import type { Login } from './login.ts';

/** What is wrong with it, as a clause that quotes nothing of it; undefined when it can be sent. */
export function findSyntaxProblem(login: Login): string | undefined {
  switch (login.kind) {
    case 'registry-token':
      return /[^\x21-\x7e]/.test(login.token.reveal())
        ? 'the registry token has a character that no token has, such as a blank or a line break'
        : undefined;
    case 'identity-token':
      if (hasControl(login.username)) return BAD_USER_NAME;
      return /[^\x20-\x7e]/.test(login.token.reveal())
        ? 'the identity token has a character that no token has, such as a line break'
        : undefined;
    case 'password':
      if (hasControl(login.username)) return BAD_USER_NAME;
      return hasControl(login.password.reveal().replace(/[\t\r\n]/g, ''))
        ? 'the password has a control character'
        : undefined;
    default:
      login satisfies never;
      return undefined;
  }
}

const BAD_USER_NAME = 'the user name has a control character';

const hasControl = (text = ''): boolean => /\p{Cc}/u.test(text);
