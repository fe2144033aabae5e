import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cleanText } from '../../src/core/text.ts';
import { describePage } from '../../src/registry/web-page.ts';

const describeText = (text: string, mediaType?: string) => describePage(Buffer.from(text), mediaType, cleanText);

describe('describePage', () => {
  for (const [text, mediaType, expected] of [
    ['<html><head><title>Sign in</title></head></html>', undefined, 'a web page ("Sign in")'],
    ['\n  <!DOCTYPE html>\n<p>', undefined, 'a web page'],
    ['<!-- x --> <!-- y -->\n<HTML>', undefined, 'a web page'],
    ['<?xml version="1.0"?><!DOCTYPE html PUBLIC "x">', undefined, 'a web page'],
    ['<h1>403 Forbidden</h1>', 'text/html', 'a web page ("403 Forbidden")'],
    ['<title> </title><h1>Blocked</h1>', 'text/html', 'a web page ("Blocked")'],
    ['<html><title>say "hi"\u001b[2J</title>', undefined, `a web page ("say 'hi' [2J")`],
    ['Forbidden', 'text/html', 'a web page'],
    ['{"errors":[]}', 'text/html', undefined],
    ['true', 'text/html', undefined],
    ['', 'text/html', undefined],
    ['<?xml version="1.0"?><Error/>', 'application/xml', undefined],
    ['<htmlx>', undefined, undefined],
    ['{}', 'application/json', undefined],
  ] as const) {
    it(`${JSON.stringify(text)} (${mediaType ?? 'no type'}): ${expected ?? 'not a web page'}`, () => {
      assert.equal(describeText(text, mediaType), expected);
    });
  }

  it('takes linear time for endless comments', () => {
    assert.equal(describeText('<!---->'.repeat(100_000)), undefined);
    assert.equal(describeText('<!--'.repeat(100_000)), undefined);
  });

  it('limits the length of a title tag', () => {
    assert.equal(describeText(`<title ${'x'.repeat(190)}>Sign in`, 'text/html'), 'a web page ("Sign in")');
    assert.equal(describeText(`<title ${'x'.repeat(210)}>Sign in`, 'text/html'), 'a web page');
    assert.equal(describeText('<h1'.repeat(100_000), 'text/html'), 'a web page');
  });
});
