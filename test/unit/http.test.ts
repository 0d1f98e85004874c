/** The one transport, over real sockets: proxies, certificates, and answers that are too much. */
import { certificates } from '../support/certificates.ts';
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { beforeAll, describe, expect, it } from 'vitest';
import type { HttpRequest } from '../../src/plan/systems.ts';
import { httpSystem } from '../../src/systems/net/http.ts';
import { certify, opensslMissing } from '../support/certificates.ts';
import { startForwardProxy, startSocksProxy } from '../fakes/forward-proxy.ts';
import { listening } from '../support/sockets.ts';

const { signal } = new AbortController();
/** Ends what hangs. */
const TIMEOUT_MS = 120_000;

type Asked = Pick<HttpRequest, 'url'> & Partial<HttpRequest>;

function get(request: Asked, env: Readonly<Record<string, string>> = {}) {
  return httpSystem(env).send({ method: 'GET', timeoutMs: TIMEOUT_MS, ...request }, signal);
}

const serve = (listener: RequestListener): Promise<number> => listening(createServer(listener));

const greet: RequestListener = ({ headers, url }, response) => {
  response.end(`${headers.host ?? ''}${url ?? ''}`);
};

describe('a proxy', () => {
  it('gets a request for http as its full URL, without a tunnel, with the login', async () => {
    const [service, proxy] = [await serve(greet), await startForwardProxy('us@er:p%')];
    const url = `http://a.example.com:${String(service)}/x?y=1`;
    const answer = await get({ url }, { http_proxy: `us%40er:p%@127.0.0.1:${String(proxy.port)}` });
    expect(answer).toMatchObject({ kind: 'ok', value: { status: 200 } });
    expect(proxy.seen).toEqual([`GET ${url} Basic ${Buffer.from('us@er:p%').toString('base64')}`]);
  });

  it('that wants another login is a wrong setting, shown without the password', async () => {
    const proxy = await startForwardProxy('user:right');
    const env = { all_proxy: `http://user:wrong@127.0.0.1:${String(proxy.port)}` };
    for (const scheme of ['http', 'https']) {
      const refused = get({ url: `${scheme}://a.example.com/` }, env);
      await expect(refused).rejects.toMatchObject({
        code: 'bad_setting',
        message: `The proxy http://127.0.0.1:${String(proxy.port)} (from all_proxy) refused the user or the password (407).`,
      });
    }
  });

  it('whose port has the digits of a refused login has not refused one', async () => {
    const env = { http_proxy: 'http://127.0.0.1:1407', https_proxy: 'http://127.0.0.1:1407' };
    for (const scheme of ['http', 'https']) {
      const answer = await get({ url: `${scheme}://a.example.com/` }, env);
      expect(answer).toMatchObject({
        kind: 'failed',
        reason: expect.stringMatching(/ECONNREFUSED 127\.0\.0\.1:1407/) as string,
      });
    }
  });

  it('that is not there says nothing about the server behind it, and is named', async () => {
    const answer = await get({ url: 'http://a.example.com/' }, { http_proxy: 'user:s3cret@127.0.0.1:1' });
    expect(answer).toEqual({
      kind: 'failed',
      reason: 'connect ECONNREFUSED 127.0.0.1:1 (through the proxy http://127.0.0.1:1, from http_proxy)',
    });
  });

  it('of SOCKS looks names up itself, and gets the login', async () => {
    const [service, proxy] = [await serve(greet), await startSocksProxy()];
    const url = `http://a.example.com:${String(service)}/x`;
    const answer = await get({ url }, { ALL_PROXY: `socks5h://user:p%40ss@127.0.0.1:${String(proxy.port)}` });
    expect(answer).toMatchObject({ kind: 'ok', value: { text: `a.example.com:${String(service)}/x` } });
    expect(proxy.seen).toEqual([`SOCKS a.example.com:${String(service)} user:p@ss`]);
  });

  it('that a caller names comes before the environment, and none is used where it says so', async () => {
    const [service, proxy] = [await serve(greet), await startForwardProxy()];
    const [url, env] = [`http://a.example.com:${String(service)}/`, { http_proxy: '::nonsense' }];
    const choice = { url: `127.0.0.1:${String(proxy.port)}`, source: 'CLOUDSDK_PROXY_ADDRESS' };
    expect(await get({ url, proxy: choice }, env)).toMatchObject({ kind: 'ok' });
    // Nobody knows that name: only a proxy could have led somewhere.
    expect(await get({ url, proxy: 'none' }, { http_proxy: choice.url })).not.toMatchObject({ kind: 'ok' });
    expect(proxy.seen).toHaveLength(1);
    await expect(get({ url, proxy: { ...choice, url: '::' } }, env)).rejects.toMatchObject({
      code: 'bad_setting',
      message: expect.stringMatching(/^CLOUDSDK_PROXY_ADDRESS is not/) as string,
    });
  });
});

describe.skipIf(opensslMissing !== '')(`TLS through a proxy${opensslMissing}`, () => {
  const files = certificates('DNS:a.example.com');
  const { pem } = files;
  beforeAll(() => {
    certify(files.folder, 'other');
  });

  it.each(['http', 'socks5'])('of kind %s is verified end to end', async (kind) => {
    const server = createTlsServer({ cert: readFileSync(pem('server')), key: readFileSync(pem('server-key')) }, greet);
    const service = await listening(server);
    const proxy = kind === 'http' ? await startForwardProxy() : await startSocksProxy();
    const env = { https_proxy: `${kind}://127.0.0.1:${String(proxy.port)}` };
    const url = `https://a.example.com:${String(service)}/`;
    const pinned = { kind: 'pinned', file: pem('server') } as const;
    for (const trust of [pinned, { kind: 'authority', file: pem('ca') }] as const)
      expect(await get({ url, trust }, env)).toMatchObject({ kind: 'ok' });
    for (const trust of [{ kind: 'authority', file: pem('other') }, { kind: 'system' }] as const)
      expect(await get({ url, trust }, env)).toMatchObject({ kind: 'failed', code: 'not_trusted' });
    const otherName = url.replace('a.example', 'b.example');
    expect(await get({ url: otherName, trust: pinned }, env)).toMatchObject({ kind: 'ok' });
    expect(await get({ url: otherName, trust: { kind: 'authority', file: pem('ca') } }, env)).toMatchObject({
      code: 'not_trusted',
    });
  });

  it('with a file that holds no certificate, or is not there, is an unusable file', async () => {
    for (const file of [pem('server-key'), pem('missing')]) {
      const refused = get({ url: 'https://127.0.0.1:1/', trust: { kind: 'authority', file } });
      await expect(refused).rejects.toMatchObject({ code: 'bad_file' });
    }
  });
});

describe('an answer', () => {
  it('that is too large, or never ends, is cut off and reported', async () => {
    const port = await serve((_request, response) => {
      const chunk = Buffer.alloc(64 * 1024);
      const more = (): void => {
        while (!response.destroyed && response.write(chunk));
      };
      response.on('drain', more);
      more();
    });
    const url = `http://127.0.0.1:${String(port)}/`;
    const answer = await get({ url });
    expect(answer).toEqual({ kind: 'failed', reason: 'the answer is larger than 8 MiB', code: 'too_large' });
    expect(await get({ url, limitBytes: 1000 })).toMatchObject({ reason: 'the answer is larger than 1000 bytes' });
  });

  it('of one byte from time to time meets the limit of the whole exchange', async () => {
    const port = await serve((_request, response) => {
      const timer = setInterval(() => response.write('.'), 20);
      response.on('close', () => {
        clearInterval(timer);
      });
    });
    const answer = await get({ url: `http://127.0.0.1:${String(port)}/`, timeoutMs: 300 });
    expect(answer).toEqual({ kind: 'failed', reason: 'no answer within 300 ms' });
  });

  it('that leads elsewhere is the answer: its target gets nothing', async () => {
    const asked: string[] = [];
    const elsewhere = await serve(({ url = '' }, response) => {
      asked.push(url);
      response.end();
    });
    const port = await serve((_request, response) => {
      response.writeHead(307, { location: `http://127.0.0.1:${String(elsewhere)}/` }).end();
    });
    const headers = { authorization: 'Basic c2VjcmV0' };
    const answer = await get({ url: `http://127.0.0.1:${String(port)}/`, headers });
    expect(answer).toMatchObject({ kind: 'ok', value: { status: 307 } });
    expect(asked).toEqual([]);
  });
});
