import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createLog, type LogLine } from '../../src/cli/monitor-log.ts';
import { collector } from '../support/command.ts';
import { createFakeClock } from '../support/fake-clock.ts';

const clock = createFakeClock(Date.UTC(2026, 11, 1, 22, 0, 5, 120));
const LINE: LogLine = {
  level: 'warning',
  event: 'outage',
  message: 'Outage of app: it is gone.',
  id: 7,
  resource: 'app',
};

function logged(line: LogLine, format: 'text' | 'json' | undefined, columns?: number): string {
  const { stream, text } = collector(columns);
  createLog(stream, { format, clock })(line);
  return text();
}

describe('createLog', () => {
  it('writes JSON when it is piped, text on a terminal, and what is asked for', () => {
    const json =
      '{"time":"2026-12-01T22:00:05.120Z","level":"warning","event":"outage","message":"Outage of app: it is gone.","id":7,"resource":"app"}\n';
    const text = '2026-12-01T22:00:05Z  warning  Outage of app: it is gone.\n';
    assert.equal(logged(LINE, undefined), json);
    assert.equal(logged(LINE, undefined, 80), text);
    assert.equal(logged(LINE, 'text'), text);
    assert.equal(logged(LINE, 'json', 80), json);
  });

  it('wraps a message on a terminal, and never in a pipe', () => {
    const line = { ...LINE, message: `Outage of app: ${'no response from the registry, '.repeat(4)}`.trim() };
    for (const width of [60, 80, 100]) {
      const lines = logged(line, 'text', width).split('\n');
      assert.ok(lines.length > 2 && lines.every((text) => text.length <= width), lines.join('\n'));
      const indent = ' '.repeat(width === 60 ? 2 : '2026-12-01T22:00:05Z  warning  '.length);
      assert.match(lines[1] ?? '', new RegExp(`^${indent}\\S`));
    }
    assert.equal(logged(line, 'text').split('\n').length, 2);
  });

  it('is one harmless line for each message, whatever it quotes', () => {
    const hostile = 'a\u001b[31mb\r\nc\u202ed\n::error::x https://me:hunter2@r.example/';
    const line = { ...LINE, message: hostile, resource: hostile };
    const text = logged(line, 'text');
    assert.equal(text.match(/\n/g)?.length, 1);
    assert.doesNotMatch(text, /[\u001b\r\u202e]|hunter2|\n::/);
    const json = logged(line, 'json');
    assert.equal(json.match(/\n/g)?.length, 1);
    assert.doesNotMatch(json, /[\u001b\r\u202e]|\\u001b|\\n|hunter2/);
    assert.equal(JSON.parse(json).event, 'outage');
  });
});
