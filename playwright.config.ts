import { defineConfig } from '@playwright/test'

/**
 * Real servers on free ports with folders of their own (e2e/fixtures.ts starts them), real clients, and the
 * machine's own Chromium: browsers that Playwright would download are not needed.
 */
export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  // Long enough for a machine that has other work: what passes waits no longer than it must.
  timeout: 180_000,
  expect: { timeout: 30_000 },
  forbidOnly: true,
  // A test that passes only at the second try has found something.
  retries: 0,
  workers: 2,
  reporter: [
    ['list'],
    ['json', { outputFile: process.env.PLAYWRIGHT_JSON_OUTPUT_NAME ?? '.coffer/test/playwright.json' }],
  ],
  projects: [
    { name: 'clients', testMatch: 'clients/**/*.spec.ts' },
    {
      name: 'console',
      testMatch: 'console/**/*.spec.ts',
      use: {
        viewport: { width: 1280, height: 800 },
        // Dialogs stand at once instead of fading in, which software paints picture by picture.
        contextOptions: { reducedMotion: 'reduce' },
        screenshot: 'only-on-failure',
        // A trace would have to be made of every test, for the few that fail: `--trace retain-on-failure`.
        trace: 'off',
        launchOptions: {
          executablePath: process.env.COFFER_TEST_CHROMIUM ?? '/usr/bin/chromium',
          // No sandbox: containers run as root. The rest keeps the browser from talking to anyone else.
          args: [
            '--no-sandbox',
            '--disable-gpu',
            '--disable-quic',
            '--no-first-run',
            '--disable-background-networking',
            '--disable-component-update',
            '--disable-sync',
          ],
        },
      },
    },
  ],
})
