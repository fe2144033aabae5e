import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatStates, type StateRow } from '../../src/report/states.ts';

const LONG = 'registry.example.com/platform/very-long-team-name/payment-gateway:2025.11.28-rc.3';
const ROWS: readonly StateRow[] = [
  { name: 'Shop', state: 'available', look: 'pullable', message: '', hint: null },
  {
    ...{ name: 'Payment API', state: 'unavailable', look: 'unpullable' },
    message: 'https://pay.example.com answered 503 Service Unavailable; the expected status is 200 to 299.',
    hint: 'Look at the service: `systemctl status payment-api`.',
  },
  { name: LONG, state: 'undetermined', look: 'undetermined', message: 'No response within 10 s.', hint: null },
];
const format = (width: number, unicode = true): string => formatStates(ROWS, { color: 0, width, unicode });

describe('states on a terminal', () => {
  it('have a line each, and below it what is wrong and what to do', () =>
    assert.equal(
      format(80),
      `✔ Shop         available
✖ Payment API  unavailable
    https://pay.example.com answered 503 Service Unavailable; the expected
    status is 200 to 299.
    → Look at the service: \`systemctl status payment-api\`.
? ${LONG.replace(':', '\n    :')}
    undetermined
    No response within 10 s.
`,
    ));

  it('have two lines each on a narrow terminal', () =>
    assert.match(format(50), /^✔ Shop\n {2}available\n✖ Payment API\n {2}unavailable\n {2}https/));

  for (const width of [60, 80, 100, 160]) {
    it(`fit into ${width} columns`, () => {
      for (const line of format(width).split('\n')) assert.ok(line.length <= width, line);
    });
  }

  it('have ASCII symbols where nothing else is safe', () =>
    assert.match(format(80, false), /^\+ Shop[\s\S]*^ {4}-> /m));
});
