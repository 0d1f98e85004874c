/**
 * Why Google did not answer at all. gcloud's "There was a problem refreshing your current auth tokens" precedes all of these
 * causes, and proves none. Texts: gcloud 528 (with requests, urllib3 and google-auth), undici and Node.
 */
import { AGAIN, type FailureRule } from './failure.ts';

export const LINK_FAILURES: readonly FailureRule[] = [
  {
    name: 'proxy login',
    code: 'bad_setting',
    pattern: /(?:status|code|failed:?) 407\b|\(407\)|Proxy Authentication Required/i,
    words: 'The proxy on the way to Google refused the user or the password.',
    hint: () =>
      "Set gcloud's own: gcloud config set proxy/username NAME, and CLOUDSDK_PROXY_PASSWORD   See what is set: gcloud config list proxy",
  },
  {
    // googlecloudsdk/core/http_proxy.py, properties.py; urllib3's LocationParseError
    name: 'setting of gcloud',
    code: 'bad_setting',
    pattern:
      /Invalid value for property \[|Please set all or none of the following properties|Failed to parse: \w{1,10}:\/\//,
    words: 'gcloud cannot work with one of its settings.',
    named: /(?<=for property )\[[\w/]{1,80}\]/,
    hint: () =>
      'See all of them: gcloud config list   A variable CLOUDSDK_SECTION_NAME comes before what is configured. In the password of a proxy write a / as %2F.',
  },
  {
    name: 'not trusted',
    code: 'not_trusted',
    pattern:
      /not_trusted|not trusted:|SSLError|SSLCertVerificationError|CERTIFICATE_VERIFY_FAILED|\[SSL: |SSL routines|EPROTO\b|certificate verify failed|no certificate or crl found|self[- ]signed certificate/i,
    words: 'What answers in the place of Google has a certificate that is not trusted.',
    hint: () =>
      'If a proxy of your company signs what it passes on, name its authority: gcloud config set core/custom_ca_certs_file FILE   Then try: gcloud projects list --limit=1',
  },
  {
    name: 'not Google',
    code: 'unreachable',
    pattern: /not_google|something else than Google answered|InvalidDataFromServerError/,
    words:
      'Something between this machine and Google answered in its place: a proxy, or a page to log in to a network.',
    hint: () => `Open a web page to see it. gcloud takes its proxy from: gcloud config list proxy, or HTTPS_PROXY`,
  },
  {
    name: 'Google is busy',
    code: 'unavailable',
    pattern:
      /response: <50\d>|\bUNAVAILABLE\b|Service Unavailable|Server Error|Bad Gateway|Gateway Time-?out|(?:status|code|response|error|HTTP)\W{0,12}50[0234]\b|backendError|internal_failure/i,
    words: 'Google answered that it cannot answer now.',
    hint: () => `Wait some minutes, then ${AGAIN}. For Google itself: https://status.cloud.google.com`,
    retryable: true,
  },
  {
    name: 'Google is unreachable',
    code: 'unreachable',
    pattern:
      /\bunreachable\b|Max retries exceeded|Failed to resolve|NameResolutionError|NewConnectionError|Connection aborted|Connection(?:Reset|Refused)?Error|Connection reset|Connection refused|RemoteDisconnected|ProxyError|ConnectTimeout|Read ?Timeout|timed out|network connectivity issues|gcloud crashed|ServerNotFoundError|Unable to find the server|TransportError|No route to host|Network is unreachable|\b(?:ECONNRESET|ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|UND_ERR_\w+)\b|other side closed|socket hang up|no answer within/i,
    words: 'Google cannot be reached from here.',
    hint: () =>
      'Look at the network, its DNS and its proxy: gcloud info --run-diagnostics   gcloud takes its proxy from: gcloud config list proxy, or HTTPS_PROXY',
    retryable: true,
  },
  {
    name: 'no login',
    code: 'not_logged_in',
    pattern:
      /active account selected|UNAUTHENTICATED|invalid_grant|invalid_rapt|invalid_client|unauthorized_client|Reauthentication|expired or revoked|does not have any valid credentials|credentials.{0,40}(?:expired|revoked|could not be found)|(?:status|code|response|error|HTTP)\W{0,12}401\b/i,
    words: 'gcloud has no login that works.',
    hint: () => `Log in with: gcloud auth login   Then ${AGAIN}.`,
  },
];
