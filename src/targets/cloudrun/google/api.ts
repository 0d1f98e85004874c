import type { QuickAsk } from '../../../plan/call.ts';
import { ACCESS_TOKEN } from './gcloud.ts';
import { WAY } from './way.ts';

/** For `quick`: Google's API behind a question to gcloud, with gcloud's login, on gcloud's way. */
export function api(url: string, printed?: QuickAsk['printed']): QuickAsk {
  return { url, login: ACCESS_TOKEN, way: WAY, ...(printed && { printed }) };
}
