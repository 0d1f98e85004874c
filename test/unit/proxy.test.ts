/** Which proxy a request goes through: https://everything.curl.dev/usingcurl/proxies/env.html */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Problem } from '../../src/problem.ts';
import { environmentProxy, readProxy } from '../../src/systems/net/proxy.ts';
import { anyText } from '../support/arbitrary-text.ts';

const PROXY = 'http://proxy.example.com:3128';

function through(url: string, env: Readonly<Record<string, string>>): string | undefined {
  return environmentProxy(new URL(url), env)?.url;
}

function refusalOf(work: () => unknown): Problem {
  try {
    work();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('the variable', () => {
  it.each<[string, Readonly<Record<string, string>>, string | undefined]>([
    ['http://a.example.com/', { http_proxy: PROXY }, PROXY],
    ['http://a.example.com/', { HTTP_PROXY: PROXY }, PROXY],
    ['http://a.example.com/', { HTTP_PROXY: PROXY, REQUEST_METHOD: 'GET' }, undefined], // a CGI program's header "Proxy"
    ['http://a.example.com/', { http_proxy: 'small:1', HTTP_PROXY: 'large:1' }, 'http://small:1'],
    ['http://a.example.com/', { HTTPS_PROXY: PROXY }, undefined],
    ['https://a.example.com/', { HTTP_PROXY: PROXY, http_proxy: PROXY }, undefined],
    ['https://a.example.com/', { https_proxy: PROXY }, PROXY],
    ['https://a.example.com/', { HTTPS_PROXY: PROXY }, PROXY],
    ['https://a.example.com/', { https_proxy: '', HTTPS_PROXY: PROXY }, PROXY],
    ['https://a.example.com/', { ALL_PROXY: PROXY }, PROXY],
    ['http://a.example.com/', { all_proxy: PROXY }, PROXY],
    ['http://a.example.com/', { ALL_PROXY: 'all:1', http_proxy: 'own:1' }, 'http://own:1'],
    ['http://a.example.com/', {}, undefined],
  ])('for %s of %j: %s', (url, env, expected) => {
    expect(through(url, env)).toBe(expected);
  });
});

describe('the value', () => {
  it.each([
    ['proxy.corp:3128', 'http://proxy.corp:3128'],
    ['localhost:3128', 'http://localhost:3128'],
    ['10.0.0.1:3128/', 'http://10.0.0.1:3128'],
    [' http://proxy:3128 ', 'http://proxy:3128'],
    ['HTTPS://proxy:3128', 'https://proxy:3128'],
    ['socks5://proxy:1080', 'socks5://proxy:1080'],
    ['socks5h://proxy:1080', 'socks5://proxy:1080'],
    ['[::1]:3128', 'http://[::1]:3128'],
  ])('%s is the proxy %s', (value, url) => {
    expect(readProxy(value, 'HTTP_PROXY')).toEqual({ url, source: 'HTTP_PROXY' });
  });

  it.each([
    ['http://us%40er:p%40ss@proxy:1', 'us@er', 'p@ss'],
    ['us%er:50%@proxy:1', 'us%er', '50%'], // decodeURIComponent() throws
    ['user:a@b@proxy:1', 'user', 'a@b'],
    ['user@proxy:1', 'user', ''],
    [':token@proxy:1', '', 'token'],
  ])('%s holds a login', (value, user, password) => {
    expect(readProxy(value, 'X')).toEqual({ url: 'http://proxy:1', source: 'X', login: { user, password } });
  });

  it.each([
    '::nonsense',
    'http://',
    'http:///',
    'http:/proxy:3128',
    'http://user:s3cret@proxy:99999',
    'http://user:s3cret#1@proxy:3128',
    'user:s3cret/1@proxy:3128',
    'http://user:s3cret?@proxy:3128',
    'http://user:s3cret@pro xy:3128',
    'http://user:s3cret@[::1:3128',
    'http://proxy:3128/proxy.pac',
    'socks4://user:s3cret@proxy:1080',
    'socks://proxy:1080',
    'ftp://user:s3cret@proxy',
    'quic://proxy',
    ' ',
    '%',
    'http://%zz',
  ])('%j is refused, named by its variable and not shown', (value) => {
    const { code, message, hint } = refusalOf(() => readProxy(value, 'HTTPS_PROXY'));
    expect(code).toBe('bad_setting');
    expect(message).toMatch(/^HTTPS_PROXY is not a proxy/);
    expect(`${message} ${hint ?? ''}`).not.toMatch(/s3cret|99999/);
  });

  it('is refused only where a request would use it', () => {
    const env = { http_proxy: '::nonsense' };
    expect(through('http://127.0.0.1/', env)).toBeUndefined();
    expect(through('https://a.example.com/', env)).toBeUndefined();
    expect(through('http://a.example.com/', { ...env, no_proxy: 'example.com' })).toBeUndefined();
    expect(refusalOf(() => through('http://a.example.com/', env)).message).toContain('http_proxy');
  });

  it('of any kind is a proxy or a refusal: never an error of a parser', () => {
    const text = fc.oneof(
      anyText(),
      fc.webAuthority(),
      fc.tuple(anyText(), anyText()).map(([user, host]) => `http://${user}@${host}`),
    );
    fc.assert(
      fc.property(text, (value) => {
        try {
          const { url } = readProxy(value, 'X');
          expect(new URL(url).username).toBe('');
        } catch (error) {
          expect(error).toBeInstanceOf(Problem);
        }
      }),
    );
  });
});

describe('no proxy', () => {
  it.each([
    ...['http://localhost:8000/', 'http://LOCALHOST./', 'http://app.localhost/', 'http://127.0.0.1:9443/'],
    ...['http://127.1.2.3/', 'http://127.1/', 'http://[::1]/', 'http://[::ffff:127.0.0.1]/', 'http://0.0.0.0:1/'],
  ])('ever reaches this machine: %s', (url) => {
    expect(through(url, { http_proxy: PROXY, all_proxy: PROXY })).toBeUndefined();
  });

  it.each([
    ['*', 'http://a.example.com/'],
    ['a.example.com', 'http://a.example.com/'],
    ['A.EXAMPLE.COM.', 'http://a.example.com/'],
    ['example.com', 'http://a.example.com/'],
    ['.example.com', 'http://a.example.com/'],
    ['*.example.com', 'http://a.example.com/'],
    ['other.com, example.com', 'http://a.example.com/'],
    ['other.com example.com', 'http://a.example.com/'],
    ['a.example.com:80', 'http://a.example.com/'],
    ['a.example.com:8080', 'http://a.example.com:8080/'],
    ['10.1.2.3', 'http://10.1.2.3/'],
    ['10.0.0.0/8', 'http://10.1.2.3/'],
    ['10.1.2.0/23', 'http://10.1.3.4/'],
    ['[fd00::1]', 'http://[fd00::1]/'],
    ['fd00::/8', 'http://[fd12::1]/'],
  ])('for NO_PROXY=%s and %s', (noProxy, url) => {
    expect(through(url, { http_proxy: PROXY, NO_PROXY: noProxy })).toBeUndefined();
    expect(through(url, { http_proxy: PROXY, no_proxy: noProxy, NO_PROXY: 'nothing' })).toBeUndefined();
  });

  it.each([
    ['', 'http://a.example.com/'],
    ['example.org', 'http://a.example.com/'],
    ['ample.com', 'http://a.example.com/'],
    ['b.a.example.com', 'http://a.example.com/'],
    ['a.example.com:8080', 'http://a.example.com/'],
    ['10.0.0.0/16', 'http://10.1.2.3/'],
    ['10.0.0.0/99', 'http://10.1.2.3/'],
    ['2.3', 'http://10.1.2.3/'],
    [',', 'http://a.example.com/'],
  ])('is not for NO_PROXY=%s and %s', (noProxy, url) => {
    expect(through(url, { http_proxy: PROXY, NO_PROXY: noProxy })).toBe(PROXY);
  });
});
