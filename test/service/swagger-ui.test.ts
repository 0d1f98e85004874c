/** /docs as a person uses it, in a real browser that reaches nothing but the service. */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LONG_WAIT } from '../support/long-wait.ts';
import { startService, type ServiceProcess } from '../support/service-process.ts';

const executablePath = process.env['REDISDEMO_TEST_CHROMIUM'] ?? '/usr/bin/chromium';
const chromiumMissing = existsSync(executablePath)
  ? ''
  : ` (SKIPPED: no ${executablePath}; REDISDEMO_TEST_CHROMIUM names another)`;
/** Where the screenshot goes. */
const artifacts = process.env['REDISDEMO_TEST_ARTIFACTS'] ?? join(tmpdir(), 'redisdemo-test');

/** A page, and what went on in it that must not. */
interface WatchedPage {
  readonly page: Page;
  readonly asked: readonly string[];
  readonly complaints: readonly string[];
}

async function openPage(browser: Browser, origin: string): Promise<WatchedPage> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 1400 }, reducedMotion: 'reduce' });
  page.setDefaultTimeout(LONG_WAIT.timeout);
  const asked: string[] = [];
  const complaints: string[] = [];
  await page.route('**', async (route) => {
    const url = route.request().url();
    asked.push(url);
    await (new URL(url).origin === origin ? route.continue() : route.abort());
  });
  // Violations of the content security policy are console errors too.
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('requestfailed', (request) => complaints.push(`${request.url()} ${request.failure()?.errorText ?? ''}`));
  page.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`${response.url()} ${String(response.status())}`);
  });
  return { page, asked, complaints };
}

describe.skipIf(chromiumMissing !== '')(`Swagger UI in a browser without the internet${chromiumMissing}`, () => {
  let service: ServiceProcess;
  let browser: Browser;
  beforeAll(async () => {
    service = await startService();
    const args = ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'];
    browser = await chromium.launch({ executablePath, args, ...LONG_WAIT });
  });
  afterAll(async () => {
    await browser.close();
    expect(await service.stop()).toBe(0);
  });

  it('Try it out, 1, Execute: Paul John', async () => {
    const { page, asked, complaints } = await openPage(browser, service.url);
    await page.goto(`${service.url}/docs`);
    expect(await page.title()).toBe('FastAPI - Swagger UI');

    const operation = page.locator('#operations-default-read_user_users__user_id__get');
    await operation.locator('.opblock-summary-control').click();
    await operation.getByRole('button', { name: 'Try it out' }).click();
    await operation.getByPlaceholder('user_id').fill('1');
    await operation.getByRole('button', { name: 'Execute', exact: true }).click();

    const response = operation.locator('.live-responses-table .response');
    await response.waitFor();
    expect(await response.locator('.response-col_status').innerText()).toMatch(/^200\b/);
    const shown = await response.locator('.response-col_description .highlight-code').first().innerText();
    expect(shown).toContain('"name": "Paul John"');
    expect(shown).toContain('"age": 42');
    await mkdir(artifacts, { recursive: true });
    await page.screenshot({ path: join(artifacts, 'swagger-ui.png') });

    expect(complaints).toEqual([]);
    expect([...new Set(asked.map((url) => new URL(url).origin))]).toEqual([service.url]);
    expect(asked.map((url) => new URL(url).pathname)).toEqual(
      expect.arrayContaining(['/docs', '/docs/assets/swagger-ui-bundle.js', '/openapi.json', '/users/1']),
    );
  });
});
