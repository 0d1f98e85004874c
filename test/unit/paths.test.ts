/** Paths are decoded before they are routed: RFC 3986, sections 2.1 and 2.4; RFC 9112, section 3.2. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodePath } from '../../service/src/http/paths.ts';
import { anyText } from '../support/arbitrary-text.ts';

describe('decodePath', () => {
  it.each([
    ['/', '/'],
    ['/users/1', '/users/1'],
    ['/users/+1', '/users/+1'],
    ['//users//1/', '//users//1/'],
    ['/users/1?a=%31', '/users/1?a=%31'],
    ['/users/1#%31', '/users/1#%31'],
    ['*', '*'],
    ['', ''],
    ['/users/%31', '/users/1'],
    ['/%75sers/1', '/users/1'],
    ['/users/%2d1', '/users/-1'],
    ['/users/%2B1', '/users/+1'],
    ['/users/%24%26%2c%3A%3b%3D%40%5b%5D', '/users/$&,:;=@[]'],
    ['/users/%5E%7C%22%3C%3E%60%7B%7D%5C', '/users/%5E%7C%22%3C%3E%60%7B%7D%5C'],
    ['/users/%201', '/users/%201'],
    ['/users%2F1', '/users/1'],
    ['/users%2f1%2f', '/users/1/'],
    ['/users/1%3Fa', '/users/1%3Fa'],
    ['/users/1%23a', '/users/1%23a'],
    ['/users/%C3%A9', '/users/%C3%A9'],
    ['/users/%c3%a9', '/users/%C3%A9'],
    ['/users/%F0%9F%98%80', '/users/%F0%9F%98%80'],
    ['/users/%00', '/users/%00'],
    ['/users/%2E%2e/1', '/users/../1'],
    // Decoded once, not twice.
    ['/users/%2531', '/users/%2531'],
    ['/users/%25', '/users/%25'],
    // Not an escape: a percent sign.
    ['/users/%', '/users/%25'],
    ['/users/%3', '/users/%253'],
    ['/users/%zz', '/users/%25zz'],
    ['/users/%%31', '/users/%251'],
    // Not UTF-8: U+FFFD.
    ['/users/%FF', '/users/%EF%BF%BD'],
    ['/users/%C3', '/users/%EF%BF%BD'],
    ['/users/%C3x%A9', '/users/%EF%BF%BDx%EF%BF%BD'],
    ['/users/%ED%A0%80', '/users/%EF%BF%BD%EF%BF%BD%EF%BF%BD'],
    ['/users/%31?q=%31&r', '/users/1?q=%31&r'],
    ['/users/%31#%31', '/users/1#%31'],
    ['/users/%31?', '/users/1?'],
    // Absolute form.
    ['http://localhost:8000/users/1', '/users/1'],
    ['https://example.com/users/%31?a', '/users/1?a'],
    ['HTTP://example.com', '/'],
    ['http://example.com?a', '/?a'],
    ['http://example.com//users', '//users'],
  ])('%j is %j', (target, path) => {
    expect(decodePath(target)).toBe(path);
  });

  it('takes any segment, encoded, for the same segment', () => {
    fc.assert(
      fc.property(anyText({ minLength: 1 }), (text) => {
        const segment = text.replaceAll('/', '');
        expect(decodeURIComponent(decodePath(`/users/${encodeURIComponent(segment)}`))).toBe(`/users/${segment}`);
      }),
    );
  });

  it('leaves of any target something that the router can decode', () => {
    const pieces = ['%', '%2F', '%25', '%FF', '%C3', '%A9', '/', '?', '#', 'é', '1', 'a', '+', '%00'];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces)), (parts) => {
        const target = `/%31${parts.join('')}`;
        const [path = ''] = decodePath(target).split(/[?#]/, 1);
        expect(() => decodeURIComponent(path)).not.toThrow();
        expect(path.startsWith('/1')).toBe(true);
      }),
    );
  });
});
