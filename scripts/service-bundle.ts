/** Builds the service as one CommonJS file, beside the files of Swagger UI and the document that it shows. */
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { build, type BuildOptions } from 'esbuild';
import { apiDocument } from '../service/src/routes/openapi.ts';
import { common, next, root } from './bundle.ts';
import { fewCommands } from './few-commands.ts';
import { swaggerUiNotices, THIRD_PARTY_FILE, thirdPartyNotices } from './third-party.ts';
import { LEFT_OUT_OF_IOREDIS, leaveOut, noDebug, type LeftOut } from './left-out.ts';

const SWAGGER_UI_FILES = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'];

/** Leaving these out makes the service's file and its start-up time a third smaller. */
const LEFT_OUT: LeftOut = {
  ioredis: LEFT_OUT_OF_IOREDIS,
  fastify: [
    ...['@fastify/ajv-compiler', '@fastify/fast-json-stringify-compiler'], // compiled schemas: service/src/app.ts
    'semver', // checks plugin versions
    'light-my-request', // inject()
    '@fastify/proxy-addr', // trustProxy
    'node:http2',
  ],
  pino: ['thread-stream'], // transports
};

export const SERVICE_BUILD = {
  ...common,
  format: 'cjs',
  entryPoints: ['service/src/server.ts'],
  outdir: 'dist.next/service',
  plugins: [leaveOut(LEFT_OUT), noDebug, fewCommands],
  define: { 'import.meta.dirname': '__dirname' },
  supported: { 'dynamic-import': false },
} satisfies BuildOptions;

export async function bundleService(): Promise<void> {
  const { metafile } = await build(SERVICE_BUILD);
  const folder = new URL('service/', next);
  // In a checkout, the package.json of the project says that .js files are ES modules.
  await writeFile(new URL('package.json', folder), '{"type":"commonjs"}\n');
  await writeStatic(new URL('static/', folder));
  const notices = await thirdPartyNotices(metafile, [await swaggerUiNotices()]);
  await writeFile(new URL(THIRD_PARTY_FILE, folder), notices);
}

async function writeStatic(folder: URL): Promise<void> {
  await mkdir(folder, { recursive: true });
  const source = new URL('node_modules/@fastify/swagger-ui/static/', root);
  await Promise.all([
    ...SWAGGER_UI_FILES.map((name) => copyFile(new URL(name, source), new URL(name, folder))),
    writeFile(new URL('openapi.json', folder), await apiDocument()),
  ]);
}
