/**
 * Cloud Storage: buckets and objects.
 *
 * Source: cloud.google.com/storage/docs/json_api/v1 (buckets, objects, uploadType multipart and resumable with its
 * session URI, 308 with a Range while a session is unfinished), as the real gcloud 528 uses it. `generation` is a number
 * of microseconds; here a counter. Reading under storage.googleapis.com/BUCKET/OBJECT is the XML API, which gcloud takes
 * for build logs (api_lib/cloudbuild/logs.py), with a Range.
 */
import { randomUUID } from 'node:crypto';
import { Refusal, Reply, type Json, type Route, type RoutedCall } from './exchange.ts';
import type { Project } from './project.ts';
import { describe, sendRange } from './storage-description.ts';
import { uploaded } from './upload-body.ts';

const HOST = 'storage.googleapis.com';
const BUCKET = `${HOST}/storage/v1/b/{bucket}`;

export interface StoredObject {
  readonly bucket: string;
  readonly name: string;
  readonly generation: string;
  readonly content: Buffer;
  readonly created: string;
}

export interface Storage {
  readonly buckets: ReadonlySet<string>;
  /** In the order of their upload. */
  readonly objects: () => readonly StoredObject[];
  readonly find: (bucket: string, name: string) => StoredObject | undefined;
  readonly write: (bucket: string, name: string, content: Buffer) => StoredObject;
  readonly routes: readonly Route[];
}

export function createStorage(project: Project): Storage {
  const buckets = new Map<string, Json>();
  const objects = new Map<string, StoredObject>();
  const sessions = new Map<string, { bucket: string; name: string; parts: Buffer[] }>();
  let generation = 1_700_000_000_000_000;
  const key = (bucket: string, name: string): string => `${bucket}/${name}`;
  const write = (bucket: string, name: string, content: Buffer): StoredObject => {
    generation += 1;
    const object = { bucket, name, generation: String(generation), content, created: new Date().toISOString() };
    objects.set(key(bucket, name), object);
    return object;
  };
  const bucketOf = ({ params }: RoutedCall): Json => {
    const bucket = buckets.get(params['bucket'] ?? '');
    if (bucket) return bucket;
    throw new Refusal('NOT_FOUND', 'The specified bucket does not exist.');
  };
  const objectOf = ({ params }: RoutedCall): StoredObject => {
    const { bucket = '', object = '' } = params;
    const found = objects.get(key(bucket, object));
    if (found) return found;
    throw new Refusal('NOT_FOUND', `No such object: ${bucket}/${object}`);
  };
  const upload = (call: RoutedCall): unknown => {
    bucketOf(call);
    const bucket = call.params['bucket'] ?? '';
    const { name, content } = uploaded(call);
    if (call.query.get('uploadType') !== 'resumable') return describe(write(bucket, name, content));
    const id = randomUUID();
    sessions.set(id, { bucket, name, parts: [] });
    const location = `https://${HOST}/upload/storage/v1/b/${bucket}/o?uploadType=resumable&upload_id=${id}`;
    return new Reply(200, { location, 'content-length': '0' });
  };
  /** A chunk of a session; `Content-Range: bytes 0-99/200`, or with a star while the end is not known. */
  const resume = ({ query, headers, body }: RoutedCall): unknown => {
    const session = sessions.get(query.get('upload_id') ?? '');
    if (!session) throw new Refusal('NOT_FOUND', 'No such upload');
    session.parts.push(body);
    const size = session.parts.reduce((sum, part) => sum + part.length, 0);
    const total = /\/(\d+)$/.exec(headers['content-range'] ?? '')?.[1];
    if (headers['content-range'] === undefined || Number(total) === size) {
      return describe(write(session.bucket, session.name, Buffer.concat(session.parts)));
    }
    return new Reply(308, { range: `bytes=0-${String(size - 1)}`, 'content-length': '0' });
  };
  const routes: readonly Route[] = [
    { on: `GET ${BUCKET}`, needs: 'storage.buckets.get', answer: bucketOf },
    {
      on: `GET ${HOST}/storage/v1/b`,
      needs: 'storage.buckets.list',
      answer: ({ query }) => {
        const prefix = query.get('prefix') ?? '';
        return {
          kind: 'storage#buckets',
          items: [...buckets.values()].filter(({ name }) => String(name).startsWith(prefix)),
        };
      },
    },
    {
      on: `POST ${HOST}/storage/v1/b`,
      needs: 'storage.buckets.create',
      answer: ({ json }) => {
        const name = String(json['name']);
        if (buckets.has(name))
          throw new Refusal(
            'ALREADY_EXISTS',
            'Your previous request to create the named bucket succeeded and you already own it.',
          );
        const created = new Date().toISOString();
        const bucket = {
          kind: 'storage#bucket',
          ...json,
          id: name,
          projectNumber: project.number,
          timeCreated: created,
        };
        buckets.set(name, bucket);
        return bucket;
      },
    },
    {
      on: `DELETE ${BUCKET}`,
      needs: 'storage.buckets.delete',
      answer: (call) => {
        bucketOf(call);
        const bucket = call.params['bucket'] ?? '';
        const isFull = [...objects.values()].some((object) => object.bucket === bucket);
        if (isFull) throw new Refusal('ALREADY_EXISTS', 'The bucket you tried to delete is not empty.');
        buckets.delete(bucket);
        return new Reply(204, {});
      },
    },
    { on: `POST ${HOST}/upload/storage/v1/b/{bucket}/o`, needs: 'storage.objects.create', answer: upload },
    { on: `PUT ${HOST}/upload/storage/v1/b/{bucket}/o`, needs: 'storage.objects.create', answer: resume },
    {
      on: `GET ${BUCKET}/o`,
      needs: 'storage.objects.list',
      answer: (call) => {
        bucketOf(call);
        return { kind: 'storage#objects', items: select([...objects.values()], call).map(describe) };
      },
    },
    {
      on: `GET ${BUCKET}/o/{object+}`,
      needs: 'storage.objects.get',
      answer: (call) => {
        const object = objectOf(call);
        return call.query.get('alt') === 'media' ? sendRange(object, call) : describe(object);
      },
    },
    {
      on: `DELETE ${BUCKET}/o/{object+}`,
      needs: 'storage.objects.delete',
      answer: (call) => {
        const { bucket, name } = objectOf(call);
        objects.delete(key(bucket, name));
        return new Reply(204, {});
      },
    },
    {
      on: `GET ${HOST}/{bucket}/{object+}`,
      needs: 'storage.objects.get',
      answer: (call) => sendRange(objectOf(call), call),
    },
  ];
  return {
    get buckets() {
      return new Set(buckets.keys());
    },
    objects: () => [...objects.values()],
    find: (bucket, name) => objects.get(key(bucket, name)),
    write,
    routes,
  };
}

function select(objects: readonly StoredObject[], { params, query }: RoutedCall): StoredObject[] {
  const prefix = query.get('prefix') ?? '';
  return objects.filter(({ bucket, name }) => bucket === params['bucket'] && name.startsWith(prefix));
}
