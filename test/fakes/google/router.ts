/** Which route a call takes. */
import type { Call, Json, Route } from './exchange.ts';

export interface Match {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

type Router = (call: Call) => Match | undefined;

export function createRouter(routes: readonly Route[]): Router {
  const compiled = routes.map((route) => ({ route, pattern: compile(route.on) }));
  return ({ method, host, path }) => {
    for (const { route, pattern } of compiled) {
      const groups = pattern.exec(`${method} ${host}${path}`)?.groups;
      if (groups === undefined) continue;
      return { route, params: mapValues(groups, decodeURIComponent) };
    }
    return undefined;
  };
}

export function parseJson({ headers, body }: Call): Json {
  const isJson = headers['content-type']?.startsWith('application/json') ?? false;
  if (!isJson || body.length === 0) return {};
  return JSON.parse(body.toString()) as Json;
}

/** An empty named group keeps `groups` defined for routes without words. */
function compile(on: string): RegExp {
  const pattern = on
    .replaceAll(/[.?*()]/g, '\\$&')
    .replaceAll(/\{(\w+)\+\}/g, '(?<$1>.+)')
    .replaceAll(/\{(\w+)\}/g, '(?<$1>[^/:]+)');
  return new RegExp(`^${pattern}(?<end>)$`);
}

function mapValues(
  values: Readonly<Record<string, string>>,
  change: (value: string) => string,
): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]));
}
