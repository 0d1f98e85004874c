/** What runs in the Redis Insight stand-in image. */
import { serveInsight } from './insight.ts';

serveInsight({ port: Number(process.env['RI_APP_PORT'] ?? 5540), dataDir: '/data' });
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => process.exit(0));
