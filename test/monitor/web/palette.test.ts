import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ColorName, PALETTES } from '../../../src/monitor/web/palette.ts';

/** WCAG 2.2, "relative luminance". */
function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(color.slice(at, at + 2), 16) / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(a: string, b: string): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

const TINTS: readonly ColorName[] = ['available-tint', 'unavailable-tint', 'undetermined-tint'];
const MARKS: readonly ColorName[] = ['available', 'unavailable', 'undetermined', 'none', 'accent', 'field'];

for (const [name, palette] of Object.entries(PALETTES)) {
  describe(`the ${name} palette`, () => {
    for (const ground of ['ground', 'panel', ...TINTS] as const) {
      for (const text of ['text', 'muted'] as const) {
        it(`has ${text} of at least 4.5:1 on ${ground}`, () => {
          assert.ok(contrast(palette[text], palette[ground]) >= 4.5, `${contrast(palette[text], palette[ground])}`);
        });
      }
    }

    it('has links of at least 4.5:1, and a button of its inverse', () => {
      assert.ok(contrast(palette.accent, palette.ground) >= 4.5);
      assert.ok(contrast(palette.ground, palette.text) >= 4.5);
    });

    for (const mark of MARKS) {
      it(`has marks of ${mark} of at least 3:1`, () => {
        assert.ok(contrast(palette[mark], palette.ground) >= 3, `${contrast(palette[mark], palette.ground)}`);
      });
    }

    for (const state of ['unavailable', 'undetermined'] as const) {
      it(`has the mark of ${state} at least 2.9:1 on its own tint, where words say the same`, () => {
        assert.ok(contrast(palette[state], palette[`${state}-tint`]) >= 2.9);
      });
    }
  });
}
