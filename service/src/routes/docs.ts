/** /docs: Swagger UI, carried along so that it works without the internet, and the document that it shows. */
import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';

const ASSETS: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};

/** The same settings as FastAPI's page. */
const START = `
const ui = SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#swagger-ui',
  layout: 'BaseLayout',
  deepLinking: true,
  showExtensions: true,
  showCommonExtensions: true,
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIBundle.SwaggerUIStandalonePreset],
});
`;

const PAGE = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>FastAPI - Swagger UI</title>
<link rel="stylesheet" href="/docs/assets/swagger-ui.css">
<link rel="icon" type="image/png" href="/docs/assets/favicon-32x32.png">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs/assets/swagger-ui-bundle.js"></script>
<script>${START}</script>
</body>
</html>
`;

/** Swagger UI needs inline styles and data: icons. Made at the first request: OpenSSL's hashes slow down the start. */
function contentSecurityPolicy(): string {
  return [
    "default-src 'self'",
    `script-src 'self' 'sha256-${createHash('sha256').update(START).digest('base64')}'`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** @param directory where the files of Swagger UI and openapi.json are, with a slash at its end */
export function serveDocs(app: FastifyInstance, directory: URL): void {
  const options = { exposeHeadRoute: true };
  let policy: string | undefined;
  app.get('/docs', options, (_request, reply) => {
    policy ??= contentSecurityPolicy();
    return reply
      .header('content-type', 'text/html; charset=utf-8')
      .header('content-security-policy', policy)
      .send(PAGE);
  });
  app.get('/redoc', options, (_request, reply) => reply.redirect('/docs', 307));
  const openapi = readOnce(new URL('openapi.json', directory));
  app.get('/openapi.json', options, async (_request, reply) =>
    reply.header('content-type', 'application/json').send(await openapi()),
  );
  for (const [name, type] of Object.entries(ASSETS)) {
    const asset = readOnce(new URL(name, directory));
    app.get(`/docs/assets/${name}`, options, async (_request, reply) =>
      reply
        .header('content-type', type)
        .header('cache-control', 'public, max-age=86400')
        .send(await asset()),
    );
  }
}

/** Reads the file at the first request. Node loads its line editor together with the module that reads files. */
function readOnce(file: URL): () => Promise<Buffer> {
  let content: Promise<Buffer> | undefined;
  const read = async (): Promise<Buffer> => (await import('node:fs/promises')).readFile(file);
  return () => (content ??= read());
}
