/**
 * Cuts `user:password@` out of every URL in a text. It takes the last `@` of the authority, because people also write
 * passwords with an `@` into URLs. After a colon without a port, a `/` is part of a password as well: gcloud leaves it as
 * it is (googlecloudsdk/core/http_proxy.py).
 */
export function withoutUserinfo(text: string): string {
  return text.replace(
    /([a-z][a-z\d+.-]{0,30}:\/\/)(?:[^\s/?#"'<>:@]*:(?!\d{1,5}\/)[^\s/@"'<>]*\/[^\s"'<>]*|[^\s/?#"'<>]*)@/gi,
    '$1',
  );
}
