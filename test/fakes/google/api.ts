/** Answers the requests to Google's APIs, and remembers them. */
import { buffer } from 'node:stream/consumers';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { jsonReply, Refusal, Reply, type Call, type Route } from './exchange.ts';
import { admit } from './gate.ts';
import type { Project } from './project.ts';
import { createRouter, parseJson } from './router.ts';
import type { Script } from './script.ts';
import type { Tokens } from './tokens.ts';

export interface SeenRequest {
  /** `POST secretmanager.googleapis.com/v1/projects/…`, without the query. */
  readonly on: string;
  readonly query: string;
  readonly body: string;
  /** 0 when the answer was lost. */
  readonly status: number;
}

interface Api {
  readonly requests: readonly SeenRequest[];
  readonly unplayed: readonly string[];
  readonly handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
}

interface ApiSystems {
  readonly project: Project;
  readonly tokens: Tokens;
  readonly script: Script;
  readonly routes: readonly Route[];
}

export function createApi({ project, tokens, script, routes }: ApiSystems): Api {
  const route = createRouter(routes);
  const requests: SeenRequest[] = [];
  const unplayed: string[] = [];

  const reply = async (call: Call, on: string): Promise<Reply | 'lose'> => {
    const scripted = await script.consult(call);
    if (scripted instanceof Reply) return scripted;
    if (scripted instanceof Refusal) return scripted.reply;
    const match = route(call);
    if (!match) {
      unplayed.push(on);
      return new Refusal('NOT_FOUND', 'this stand-in does not play that').reply;
    }
    try {
      const caller = admit(call, match, project, tokens);
      const answer = await match.route.answer({ ...call, params: match.params, caller, json: parseJson(call) });
      if (scripted === 'lose') return 'lose';
      return answer instanceof Reply ? answer : jsonReply(answer);
    } catch (error) {
      if (error instanceof Refusal) return error.reply;
      throw error;
    }
  };
  return {
    requests,
    unplayed,
    handle: async (request, response) => {
      const call = await readCall(request);
      const on = `${call.method} ${call.host}${call.path}`;
      const answer = await reply(call, on);
      const status = answer === 'lose' ? 0 : answer.status;
      requests.push({ on, query: call.query.toString(), body: call.body.toString(), status });
      if (answer === 'lose') response.destroy();
      else response.writeHead(answer.status, answer.headers).end(answer.body);
    },
  };
}

async function readCall(request: IncomingMessage): Promise<Call> {
  const { method = 'GET', url = '/', headers } = request;
  const [path = '', query = ''] = url.split('?');
  const body = await buffer(request);
  return { method, host: headers.host ?? '', path, query: new URLSearchParams(query), headers, body };
}
