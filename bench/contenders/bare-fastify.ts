/** What the budgets compare with: Fastify as it comes, the service's Redis client, no validation and no serialiser. */
import fastify from 'fastify';
import { readSettings } from '../../service/src/settings.ts';
import { redisClient } from '../../service/src/store/redis-client.ts';

interface UserRoute {
  Params: { user_id: string };
  Body: string;
}

const { redis: settings, port, host } = readSettings(process.env);
if (!settings) throw new Error('REDISHOST is not set');
const redis = redisClient(settings);
await redis.connect();

const app = fastify();
// The body goes on as it came: to parse it only to write it again would be work that the budget does not grant.
app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
  done(null, body);
});

app.get<UserRoute>('/users/:user_id', async (request, reply) => {
  const document = await redis.call('JSON.GET', `user:${request.params.user_id}`, '.');
  return reply.header('content-type', 'application/json').send(document ?? 'null');
});

app.put<UserRoute>('/users/:user_id', async (request, reply) => {
  await redis.call('JSON.SET', `user:${request.params.user_id}`, '.', request.body);
  return reply.header('content-type', 'application/json').send('true');
});

await app.listen({ port, host });
