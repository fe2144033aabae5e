// Makes the picture of the README from the double that the tests use: `npm run screenshot`.

import { writeFileSync } from 'node:fs';
import { launchBrowser, startBrowserScene } from './browser-scene.ts';

const [file = 'docs/monitor.png'] = process.argv.slice(2);
const browser = await launchBrowser();
try {
  await using scene = await startBrowserScene(browser, { width: 1120, height: 760, context: { colorScheme: 'light' } });
  await scene.open('/');
  writeFileSync(file, await scene.page.screenshot({ animations: 'disabled', caret: 'hide' }));
} finally {
  await browser.close();
}
