import { createHash, X509Certificate } from 'node:crypto';
import type { Api, Call, CommandCall, RestCall, Trust } from '../plan/call.ts';
import type { PlainFiles } from '../plan/explain.ts';
import type { Secret } from '../secret.ts';
import { secretLine } from './call-lines.ts';
import { jsonProgram } from './json-lines.ts';
import { layout, partsOf, piped } from './layout.ts';
import { quote } from './shell.ts';

/** @param call with its facts */
export async function plainCall(call: Call, files: PlainFiles): Promise<string> {
  return 'words' in call ? plainProgram(call) : plainRequest(call, files);
}

function plainProgram({ words, stdin }: CommandCall): string {
  // Only redisdemo reads what gcloud prints.
  const line = layout(partsOf(words.filter((part) => part !== '--format=json')));
  if (stdin === undefined) return line;
  if (!('json' in stdin)) return piped(secretLine(stdin), line);
  const { program, options } = jsonProgram(stdin.json);
  // gcloud reads it as YAML, where not every character may stand for itself.
  return piped(layout(['jq --null-input --ascii-output', ...options, quote(program)]), line);
}

/** The answer is not shown: it may hold passwords. */
async function plainRequest({ api, anonymous, method, path, body }: RestCall, files: PlainFiles): Promise<string> {
  const parts = [
    'curl -fsS -o /dev/null',
    ...(await trustParts(api.trust, files)),
    ...(anonymous === true ? [] : [await loginPart(api, files)]),
    ...(method === 'GET' || (method === 'POST' && body !== undefined) ? [] : [`--request ${method}`]),
  ];
  const url = quote(`${api.url}${path}`);
  if (body === undefined) return layout([...parts, url]);
  const { program, options } = jsonProgram(body);
  if (options.length === 0 && !/\benv\.\w/.test(program)) return layout([...parts, `--json ${quote(program)}`, url]);
  return piped(layout(['jq --null-input', ...options, quote(program)]), layout([...parts, '--json @-', url]));
}

/** curl checks a pinned key with --insecure too: that switch then only spares the names, which cannot fit. */
async function trustParts(trust: Trust, { readPrivate }: PlainFiles): Promise<readonly string[]> {
  if (!('file' in trust)) return trust.kind === 'insecure' ? ['--insecure'] : [];
  if (trust.kind === 'authority') return [`--cacert ${quote(trust.file)}`];
  const pem = await readPrivate(trust.file);
  return pem === undefined
    ? [`--cacert ${quote(trust.file)}`]
    : [`--insecure --pinnedpubkey ${quote(`sha256//${keyDigest(pem)}`)}`];
}

/** https://curl.se/libcurl/c/CURLOPT_PINNEDPUBLICKEY.html */
function keyDigest(pem: string): string {
  const key = new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(key).digest('base64');
}

/** What needs no quotes in a netrc file. */
const PLAIN = /^[\w@%+=:,./-]+$/;

/** The password goes through a pipe that the shell opens, not through an argument. */
async function loginPart({ url, user, password }: Api, { readSecret }: PlainFiles): Promise<string> {
  const isPlain = PLAIN.test(await readSecret(password));
  const netrc = `machine ${new URL(url).hostname} login ${user} password ${isPlain ? '%s' : '"%s"'}`;
  return `--netrc-file <(printf ${quote(netrc)} \\\n  "${isPlain ? valueOf(password) : escapedValueOf(password)}")`;
}

function valueOf(secret: Secret): string {
  return 'file' in secret ? `$(cat ${quote(secret.file)})` : `$${secret.variable}`;
}

function escapedValueOf(secret: Secret): string {
  const source = 'file' in secret ? quote(secret.file) : `<<<"$${secret.variable}"`;
  return `$(sed 's/[\\"]/\\\\&/g' ${source})`;
}
