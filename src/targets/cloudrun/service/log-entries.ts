/** Read with `gcloud logging read`: `gcloud run services logs read` (528) crashes on lines that are JSON (TypeError in formatter.py). */
import * as v from 'valibot';
import { ok, type Answer } from '../../../plan/answer.ts';
import type { CommandCall } from '../../../plan/call.ts';
import { shaped } from '../google/answer.ts';
import { gcloud, inProject } from '../google/gcloud.ts';
import type { GoogleApi } from '../google/google-api.ts';
import { RETRY } from '../google/retry.ts';
import type { CloudRunPlace } from '../place/place.ts';

export interface LogEntry {
  /** RFC 3339. */
  readonly time: string;
  /** Unique together with its time. */
  readonly id: string;
  readonly severity: string;
  readonly text: string;
  readonly revision: string;
  /** What the line had besides its message. */
  readonly fields: Readonly<Record<string, unknown>>;
}

export function entriesOf({ region, service }: CloudRunPlace): readonly string[] {
  return [
    'resource.type="cloud_run_revision"',
    `resource.labels.service_name="${service}"`,
    `resource.labels.location="${region}"`,
  ];
}

export function logCall(place: CloudRunPlace, filter: readonly string[], flags: readonly string[]): CommandCall {
  const words = ['logging', 'read', filter.join(' '), ...flags, inProject(place)];
  return gcloud(words, { retry: { ...RETRY, what: 'the log' } });
}

export async function askLog(call: CommandCall, google: GoogleApi): Promise<Answer<readonly LogEntry[]>> {
  const answer = shaped(ENTRIES, await google.ask(call));
  return answer.kind === 'ok' ? ok(answer.value.flatMap((entry) => entry ?? []).map(entryOf)) : answer;
}

/** undefined where a field is missing or of another kind: one odd entry hides neither itself nor the others. */
const lenient = <T>(schema: v.GenericSchema<unknown, T>) => v.fallback(v.optional(schema), undefined);

const TEXT = lenient(v.string());
const FIELDS = lenient(v.record(v.string(), v.unknown()));

/** https://cloud.google.com/logging/docs/reference/v2/rest/v2/LogEntry. An entry without a time or an id is left out. */
const ENTRY = v.object({
  timestamp: v.string(),
  insertId: v.string(),
  severity: TEXT,
  textPayload: TEXT,
  jsonPayload: FIELDS,
  protoPayload: lenient(v.object({ methodName: TEXT, status: lenient(v.object({ message: TEXT })) })),
  httpRequest: lenient(v.object({ requestMethod: TEXT, requestUrl: TEXT, status: lenient(v.number()), latency: TEXT })),
  resource: lenient(v.object({ labels: lenient(v.object({ revision_name: TEXT })) })),
});

const ENTRIES = v.array(v.fallback(v.optional(ENTRY), undefined));

type Entry = v.InferOutput<typeof ENTRY>;
type Content = Pick<LogEntry, 'text' | 'fields'>;

function entryOf(entry: Entry): LogEntry {
  const { timestamp: time, insertId: id, severity = 'DEFAULT', resource } = entry;
  return { time, id, severity, revision: resource?.labels?.revision_name ?? '', ...contentOf(entry) };
}

/** Google's message about a failed request comes with that request: both are kept. */
function contentOf(entry: Entry): Content {
  const written = writtenIn(entry);
  const request = requestOf(entry);
  if (!written) return request ?? { text: '', fields: {} };
  const fields = request ? { ...written.fields, request: request.text, ...request.fields } : written.fields;
  return { text: written.text, fields };
}

function writtenIn({ textPayload, jsonPayload, protoPayload }: Entry): Content | undefined {
  if (textPayload !== undefined) return { text: textPayload.trimEnd(), fields: {} };
  if (jsonPayload) {
    const { message, ...fields } = jsonPayload;
    return typeof message === 'string' ? { text: message, fields } : { text: JSON.stringify(jsonPayload), fields: {} };
  }
  if (!protoPayload) return undefined;
  // An audit log: https://cloud.google.com/logging/docs/reference/audit/auditlog/rest/Shared.Types/AuditLog
  return { text: [protoPayload.methodName, protoPayload.status?.message].filter(Boolean).join(': '), fields: {} };
}

function requestOf({ httpRequest }: Entry): Content | undefined {
  if (!httpRequest) return undefined;
  const { requestMethod, requestUrl = '', status, latency } = httpRequest;
  const path = URL.canParse(requestUrl) ? new URL(requestUrl).pathname : requestUrl;
  const words = [requestMethod, path, status === undefined ? '' : String(status)];
  return { text: words.filter(Boolean).join(' '), fields: latency === undefined ? {} : { latency } };
}
