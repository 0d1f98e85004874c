/** Requests to a running service, and what came of them. */

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers: Headers;
  readonly ms: number;
}

interface Service {
  readonly url: string;
}

/** Rejects when the connection breaks. */
export async function ask({ url }: Service, path: string, init: RequestInit = {}): Promise<Answer> {
  const begin = performance.now();
  const response = await fetch(url + path, init);
  const body = await response.text();
  return { status: response.status, body, headers: response.headers, ms: performance.now() - begin };
}

export function getUser(service: Service, id: string): Promise<Answer> {
  return ask(service, `/users/${id}`);
}

export function putUser(service: Service, id: string, body: string): Promise<Answer> {
  return ask(service, `/users/${id}`, { method: 'PUT', body, headers: { 'content-type': 'application/json' } });
}

interface Fields {
  readonly name?: string;
  /** JSON text, as all that follow. */
  readonly age?: string;
  readonly height?: string;
  readonly weight?: string;
  readonly gender?: string;
}

/** A user as the service writes it. */
export function userText({ name = 'Ada', age = '36', height = '1.65', weight = '60.0', gender = 'null' }: Fields = {}) {
  return (
    `{"name":${JSON.stringify(name)},"email":"ada@example.com","age":${age},"city":"London",` +
    `"height":${height},"weight":${weight},"gender":${gender}}`
  );
}
