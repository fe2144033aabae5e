// Pages of the monitor in a real browser: a server on a loopback port with the double of a monitor behind it.

import assert from 'node:assert/strict';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { createPages } from '../../src/monitor/web/html-pages.ts';
import { createWebServer } from '../../src/monitor/web/server.ts';
import { createMonitorScene, type MonitorScene, type MonitorSceneOptions } from '../support/monitor-scene.ts';

export const BROWSER = 'chromium';

export interface BrowserSceneOptions extends MonitorSceneOptions {
  readonly isDemo?: boolean;
  readonly width?: number;
  readonly height?: number;
  /** Of the browser: color scheme, script, motion. */
  readonly context?: BrowserContextOptions;
  readonly url?: string;
}

export interface BrowserScene extends AsyncDisposable {
  readonly monitor: MonitorScene;
  readonly page: Page;
  readonly origin: string;
  /** What the browser complained about: violated policies, errors, failed loads. */
  readonly complaints: string[];
  open(path: string): Promise<void>;
}

/** The sandbox of Chromium does not work as root. */
export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: `/usr/bin/${BROWSER}`, args: ['--no-sandbox', '--disable-dev-shm-usage'] });

export async function startBrowserScene(browser: Browser, options: BrowserSceneOptions = {}): Promise<BrowserScene> {
  const { width = 1440, height = 900, isDemo = false, context: contextOptions, url = null, ...sceneOptions } = options;
  const monitor = createMonitorScene(sceneOptions);
  const complaints: string[] = [];
  const outcome = await createWebServer(monitor, {
    ...{ listen: { host: '127.0.0.1', port: 0 }, auth: null, url, pages: createPages(monitor, { isDemo }) },
    log: (message) => complaints.push(message),
  });
  const server = outcome.ok ? outcome.value : assert.fail(outcome.error.message);
  const context = await browser.newContext({ viewport: { width, height }, ...contextOptions });
  // On a busy machine chromium takes its time.
  context.setDefaultTimeout(120_000);
  const page = await context.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  return {
    ...{ monitor, page, complaints, origin: server.origin },
    async open(path) {
      await page.goto(`${server.origin}${path}`);
      if (contextOptions?.javaScriptEnabled !== false) await page.locator('#live.on').waitFor();
    },
    async [Symbol.asyncDispose]() {
      await context.close();
      await server.close(0);
    },
  };
}
