import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { scopesFor } from '../../src/auth/scope.ts';

describe('scopesFor', () => {
  const own = ['repository:team/app:pull'];
  const cases: [string, string | undefined, string[]][] = [
    ['takes the scope of the challenge', 'repository:team/app:pull', own],
    ['does not correct one that leaves the repository key out', 'repository:app:pull', ['repository:app:pull']],
    ['takes more actions than one', 'repository:team/app:pull,push', ['repository:team/app:pull,push']],
    ['takes a fixed word', 'aws', ['aws']],
    ['takes an asterisk', '*', ['*']],
    ['parts several', 'repository:a:pull repository:b:pull', ['repository:a:pull', 'repository:b:pull']],
    [
      'parts several by any number of blanks',
      '  repository:a:pull   repository:b:pull ',
      ['repository:a:pull', 'repository:b:pull'],
    ],
    ['asks for its own when there is none', undefined, own],
    ['asks for its own when it is empty', '', own],
    ['asks for its own when it is blank', '  ', own],
    ['asks for its own when the one named is a placeholder', 'repository:user/image:pull', own],
    ['asks for its own when it has control characters', 'repository:team/app:pull\u0000', own],
    ['asks for its own when it is not ASCII', 'repository:größe:pull', own],
    ['asks for its own when it is endless', 'a'.repeat(5_000), own],
  ];
  for (const [name, challenged, expected] of cases) {
    it(name, () => assert.deepEqual(scopesFor(challenged, 'team/app'), expected));
  }
});
