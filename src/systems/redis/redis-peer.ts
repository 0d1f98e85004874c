/**
 * Finds out what responds instead of Redis. Called only after a failure, and sends only PING: the client's errors
 * ("Unknown RESP type", "wrong version number", ECONNRESET) name neither cause nor setting.
 */
import { connect, isIP, type Socket } from 'node:net';
import type { Connection } from '../../connection.ts';

interface Diagnosis {
  readonly reason: string;
  readonly hint: string;
}

interface Peer {
  readonly tls: boolean;
  /** One of {@link SPEAKERS}, or `nothing` or `something else`. */
  readonly speaker: string;
}

const PING = '*1\r\n$4\r\nPING\r\n';
const LIMIT_MS = 2000;
const ENOUGH_BYTES = 64;

const SPEAKERS: readonly (readonly [RegExp, string])[] = [
  [/^-DENIED /, 'protected'], // redis/redis, src/networking.c: acceptCommonHandler()
  [/^(?:\+PONG|-[A-Z]+ )/, 'redis'],
  [/^\p{Cc}\p{Cc}/u, 'tls'], // 0x15 (alert) or 0x16 (handshake), then version 3: RFC 8446, section 5.1
  [/certificate required|handshake failure/i, 'client certificate'], // OpenSSL's words for a server's alert
  [/^(?:HTTP\/\d|\s*<)/, 'a web server'],
  [/^SSH-/, 'an SSH server'],
  [/^(?:ERROR|CLIENT_ERROR)/, 'a memcached server'],
  [/^$/, 'nothing'],
];

const REDIS_ADDRESS =
  'Set REDISHOST and REDISPORT (--redis-host, --redis-port) to the address of Redis. Its usual port is 6379.';

/** Given whether the settings ask for TLS; the first row that fits. */
const DIAGNOSES: readonly (readonly [
  fits: (peer: Peer, wantsTls: boolean) => boolean,
  reason: (place: string, speaker: string) => string,
  hint: string,
])[] = [
  [
    ({ speaker }) => speaker === 'protected',
    (place) => `The Redis at ${place} is in protected mode and refuses connections from other machines (DENIED)`,
    'Set a password on that server (requirepass in its redis.conf), then set REDISPASS here.',
  ],
  [
    ({ tls, speaker }, wantsTls) => !tls && speaker === 'redis' && wantsTls,
    (place) => `The Redis at ${place} does not use TLS, but TLS is on`,
    'Turn TLS off: set REDISTLS=false (--redis-tls no) and unset REDISCA and REDISCA_FILE. Or use its TLS port.',
  ],
  [
    ({ tls, speaker }, wantsTls) => tls && !speaker.startsWith('a ') && !wantsTls,
    (place) => `The server at ${place} requires TLS, but TLS is off`,
    'Turn TLS on: set REDISTLS=true (--redis-tls yes), and REDISCA_FILE if a private authority signed its certificate.',
  ],
  [
    ({ speaker }) => speaker === 'client certificate',
    (place) => `The server at ${place} requires a client certificate, which redisdemo does not have`,
    'Set "tls-auth-clients no" in the redis.conf of that server, and a password (requirepass).',
  ],
  [({ speaker }) => /^an? /.test(speaker), (place, speaker) => `${place} is ${speaker}, not Redis`, REDIS_ADDRESS],
  [
    ({ speaker }) => speaker === 'something else',
    (place) => `The server at ${place} does not speak the Redis protocol`,
    REDIS_ADDRESS,
  ],
];

/** undefined when it is the Redis of the settings, or cannot be determined. Takes some seconds at most. */
export async function diagnose({ host, port, tls }: Connection): Promise<Diagnosis | undefined> {
  const peer = await identify(host, port);
  const place = `${host.includes(':') ? `[${host}]` : host}:${String(port)}`;
  const found = DIAGNOSES.find(([fits]) => fits(peer, tls));
  return found && { reason: found[1](place, peer.speaker), hint: found[2] };
}

async function identify(host: string, port: number): Promise<Peer> {
  const plain = speakerOf(await answerOf(connect({ host, port }), 'connect'));
  if (plain !== 'nothing' && plain !== 'tls') return { tls: false, speaker: plain };
  const { connect: connectTls } = await import('node:tls');
  // Trusting any certificate is safe: only PING is sent.
  const name = isIP(host) === 0 ? { servername: host } : {};
  const overTls = speakerOf(
    await answerOf(connectTls({ host, port, ...name, rejectUnauthorized: false }), 'secureConnect'),
  );
  return { tls: overTls !== 'nothing' || plain === 'tls', speaker: overTls };
}

function speakerOf(answer: string): string {
  return SPEAKERS.find(([pattern]) => pattern.test(answer))?.[1] ?? 'something else';
}

/** The first bytes, or a TLS alert in OpenSSL's words; empty when there is neither. */
function answerOf(socket: Socket, opened: 'connect' | 'secureConnect'): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const end = (): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    const timer = setTimeout(() => {
      answer = ''; // the beginning of one says nothing: a slow Redis is a Redis
      end();
    }, LIMIT_MS);
    socket.setEncoding('latin1');
    socket.once(opened, () => socket.write(PING));
    socket.on('data', (text: string) => {
      answer += text;
      if (answer.length >= ENOUGH_BYTES || answer.includes('\n')) end();
    });
    socket.on('error', ({ code, message }: NodeJS.ErrnoException) => {
      if (code?.includes('_ALERT_') === true) answer = message;
      end();
    });
    socket.on('close', end);
  });
}
