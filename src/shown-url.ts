/** URLs as they are shown: without what may be a secret. */

/**
 * Cuts `user:password@` out of every URL in a text. It takes the last `@` of the authority, because people also write
 * passwords with an `@` into URLs.
 */
export function withoutUserinfo(text: string): string {
  return text.replace(/([a-z][a-z\d+.-]{0,30}:\/\/)[^\s/?#"'<>]*@/gi, '$1');
}
