/**
 * Checks responses before dockerode or redisdemo reads them: something else can listen there, and engines differ in
 * what they leave out. Only fields that redisdemo reads are required.
 * https://docs.docker.com/reference/api/engine/version/v1.41/
 */
import type { ClientRequest, IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type Docker from 'dockerode';
import * as v from 'valibot';

export class MalformedAnswer extends Error {}

const WORDS_LIMIT = 300;
const LIMIT_BYTES = 8 * 1024 * 1024;

const labels = v.nullish(v.record(v.string(), v.string()));
const labelled = v.looseObject({ Labels: labels });
const identified = v.looseObject({ Id: v.string() });
const anything = v.unknown();

const container = v.looseObject({
  Id: v.string(),
  State: v.looseObject({
    Status: v.string(),
    Running: v.boolean(),
    Paused: v.nullish(v.boolean(), false),
    ExitCode: v.number(),
    Health: v.nullish(
      v.looseObject({
        Status: v.nullish(v.string(), ''),
        Log: v.nullish(v.array(v.looseObject({ Output: v.nullish(v.string(), '') })), []),
      }),
    ),
  }),
  Config: labelled,
  NetworkSettings: v.looseObject({
    Networks: v.nullish(v.record(v.string(), v.looseObject({ IPAddress: v.nullish(v.string(), '') })), {}),
  }),
});

const containers = v.array(
  v.looseObject({
    Id: v.string(),
    ImageID: v.string(),
    Names: v.nullish(v.array(v.string()), []),
    State: v.string(),
    Image: v.string(),
    Ports: v.nullish(v.array(v.looseObject({ PublicPort: v.optional(v.number()) })), []),
    Labels: labels,
  }),
);

const image = v.looseObject({ Os: v.string(), Architecture: v.string(), Config: v.nullish(labelled, {}) });
const images = v.array(v.looseObject({ Id: v.string(), RepoTags: v.nullish(v.array(v.string()), []) }));

/** The answer to a request without a version; the first row that fits. */
const FORMS: readonly (readonly [RegExp, v.GenericSchema])[] = [
  [
    /^GET \/version$/,
    v.looseObject({ ApiVersion: v.fallback(v.nullish(v.string()), undefined), Arch: v.nullish(v.string()) }),
  ],
  [/^GET \/info$/, v.looseObject({ MemTotal: v.number(), Architecture: v.string() })],
  [/^GET \/containers\/json$/, containers],
  [/^GET \/containers\/[^/]+\/json$/, container],
  [/^GET \/containers\/[^/]+\/logs$/, v.instance(Buffer)],
  [/^POST \/(?:containers|networks)\/create$/, identified],
  [/^GET \/images\/json$/, images],
  [/^GET \/images\/.+\/json$/, image],
  [/^GET \/networks\/[^/]+$/, v.intersect([identified, labelled])],
  [/^GET \/volumes\/[^/]+$/, labelled],
];

const REFUSAL = v.object({ message: v.string() });

/** docker-modem's types leave this out. */
interface Modem {
  dial: (options: DialOptions, callback: Callback) => void;
  buildPayload: (
    error: Error | null,
    isStream: boolean,
    statusCodes: Readonly<Record<string, unknown>>,
    openStdin: boolean,
    request: ClientRequest,
    response: IncomingMessage,
    answer: unknown,
    callback: Callback,
  ) => void;
}

type Callback = (error: unknown, answer?: unknown) => void;

interface DialOptions {
  readonly method: string;
  readonly path: string;
  readonly isStream?: boolean;
}

/** The same client; its calls reject with a {@link MalformedAnswer}. */
export function withCheckedAnswers(docker: Docker): Docker {
  const modem = docker.modem as unknown as Modem;
  const dial = modem.dial.bind(modem);
  modem.dial = (options, callback) => {
    // Before the call: docker-modem writes the version into it.
    const name = `${options.method} ${options.path.split('?', 1)[0] ?? ''}`;
    const form = FORMS.find(([pattern]) => pattern.test(name))?.[1] ?? anything;
    dial(options, (error, answer) => {
      if (error !== null && error !== undefined) {
        callback(error);
        return;
      }
      const checked = v.safeParse(form, answer);
      if (checked.success) callback(null, options.isStream === true ? answer : checked.output);
      else callback(new MalformedAnswer(`the answer to ${name} has an unexpected form: ${wordsOf(checked.issues[0])}`));
    });
  };
  const buildPayload = modem.buildPayload.bind(modem);
  modem.buildPayload = (error, isStream, statusCodes, openStdin, request, response, answer, callback) => {
    if (error || statusCodes[String(response.statusCode)] === true)
      buildPayload(error, isStream, statusCodes, openStdin, request, response, answer, callback);
    else if (isStream)
      void text(response).then((body) => {
        callback(refusalOf(response, body));
      }, callback);
    else callback(refusalOf(response, answer));
  };
  return docker;
}

/** Replaces docker-modem's error, which never comes for a body that is nested deep enough. */
function refusalOf({ statusCode }: IncomingMessage, body: unknown): Error {
  const parsed = v.safeParse(REFUSAL, typeof body === 'string' ? parse(body) : body);
  const raw = Buffer.isBuffer(body) || typeof body === 'string' ? String(body) : '';
  const words = parsed.success ? parsed.output.message : firstLine(raw) || `status ${String(statusCode)}`;
  return Object.assign(new Error(words), { statusCode });
}

/** Something else may respond with a whole page. */
function firstLine(message: string): string {
  const [first = ''] = message.trimStart().split('\n');
  return first.trim().slice(0, WORDS_LIMIT);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function wordsOf(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue);
  return path === null ? issue.message : `${path}: ${issue.message}`;
}

/** Streams; their readers limit them. */
const STREAMS = /\/(?:images\/create|build|archive)(?:\?|$)/;

/**
 * Ends a request whose answer is too large or breaks off: docker-modem keeps whole answers in memory, and waits for an
 * end that cannot come. It would also follow a redirect to any address, and throw where nothing listens there.
 */
export function limitAnswers(request: ClientRequest): void {
  request.prependOnceListener('response', (response: IncomingMessage) => {
    delete response.headers.location;
    const end = (reason: string): void => {
      response.destroy();
      request.emit('error', new MalformedAnswer(reason));
    };
    if (STREAMS.test(request.path) && (response.statusCode ?? 0) < 300) return;
    response.on('aborted', () => {
      end('the connection broke off in the middle of an answer');
    });
    let length = 0;
    response.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > LIMIT_BYTES) end(`the answer is larger than ${String(LIMIT_BYTES / 1024 ** 2)} MiB`);
    });
  });
}
