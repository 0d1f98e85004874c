/** Conditions as shell lines that succeed when they hold. */
import type { Condition, HttpAnswers, RedisAnswers, Trusted } from '../plan/condition.ts';
import { createLine } from './lines.ts';
import { callLine, foundLine, secretLine, word } from './call-lines.ts';
import { commandLine, quote } from './shell.ts';

export function conditionLine(condition: Condition): string {
  switch (condition.kind) {
    case 'redis':
      return redisLine(condition);
    case 'http':
      return httpLine(condition);
    case 'selected':
      return foundLine(condition.question);
    case 'file':
      return `${commandLine(['docker', 'cp', `${condition.container}:${condition.path}`, '-'])} >/dev/null 2>&1`;
    case 'trusted':
      return trustedLine(condition);
    case 'programs':
      return condition.calls.map((call) => `${callLine(call)} >/dev/null`).join(' && ') || 'true';
    case 'prints':
      return `[ "$(${callLine(condition.call)} 2>/dev/null)" = "$(${secretLine(condition.secret)})" ]`;
    case 'all':
      return condition.of.map(conditionLine).join(' && ') || 'true';
  }
}

/** No Redis client is needed: curl speaks TCP, and openssl TLS. The password goes over pipes. */
export const PING_FUNCTION = `
# ping HOST PORT USER TLS: what a Redis answers to PING, after a login when there is a password on stdin.
ping() {
  password=$(cat)
  {
    [ -z "$password" ] || printf '*3\\r\\n$4\\r\\nAUTH\\r\\n$%s\\r\\n%s\\r\\n$%s\\r\\n%s\\r\\n' "\${#3}" "$3" "\${#password}" "$password"
    printf '*1\\r\\n$4\\r\\nPING\\r\\n*1\\r\\n$4\\r\\nQUIT\\r\\n'
  } | if [ "$4" = tls ]; then openssl s_client -quiet -connect "$1:$2" 2>/dev/null; else curl --silent --max-time 5 "telnet://$1:$2"; fi
}`.trimStart();

function redisLine({ connection, answer }: RedisAnswers): string {
  const { host, port, tls, user = 'default', password } = connection;
  const source = password === undefined ? 'printf ""' : secretLine(password);
  const words = ['ping', host, String(port), user, tls ? 'tls' : 'plain'];
  return `${source} | ${commandLine(words)} | grep -q ${quote(answer)}`;
}

/** The token goes over stdin: every user can read arguments. */
function httpLine({ url, token }: HttpAnswers): string {
  const curl = 'curl --silent --show-error --fail --output /dev/null';
  if (token === undefined) return `${curl} ${word(url)}`;
  return `printf 'authorization: Bearer %s' "$(${callLine(token)})" | ${curl} --header @- ${word(url)}`;
}

/** https://curl.se/libcurl/c/libcurl-errors.html, CURLE_SSL_PINNEDPUBKEYNOTMATCH */
const OTHER_KEY = '90';

/** A script cannot decide for a person whether the new certificate of a node at an address is the right one. */
function trustedLine({ api: { url, trust }, pin }: Trusted): string {
  if (pin) return createLine<'file'>(pin) ?? 'true';
  if (trust.kind !== 'pinned') return 'true';
  const { hostname, port } = new URL(url);
  const file = quote(trust.file);
  const shown = `openssl s_client -connect ${hostname}:${port || '443'} </dev/null 2>/dev/null | openssl x509`;
  const words = `the certificate is the one of the cluster now; if it is right: ${shown} >${file}`;
  return (
    `{ curl --silent --output /dev/null --insecure --pinnedpubkey "$(key ${file})" ${quote(`${url}/v1/bootstrap`)}; ` +
    `[ $? -ne ${OTHER_KEY} ] || { ${shown} -fingerprint -sha256 -noout >&2; echo ${quote(words)} >&2; exit 4; }; }`
  );
}
