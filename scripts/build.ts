/** Builds dist/: the CLI as code-split modules, the service as one file beside the files of Swagger UI. */
import { copyFile, mkdir, readdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build, type BuildOptions } from 'esbuild';
import { apiDocument } from '../service/src/openapi.ts';

const root = new URL('../', import.meta.url);
/** Made whole before it takes the place of dist/, which a running redisdemo may be reading. */
const next = new URL('dist.next/', root);
const { version } = JSON.parse(await readFile(new URL('package.json', root), 'utf8')) as { version: string };
const SWAGGER_UI_FILES = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'];

const absentModule = fileURLToPath(new URL('absent-module.cjs', import.meta.url));

/** What Fastify and pino load for features that the service has no use for: a third of its file, and of its start. */
const UNUSED_BY_THE_SERVICE = [
  // Schemas that are compiled: service/src/app.ts.
  ...['@fastify/ajv-compiler', '@fastify/fast-json-stringify-compiler'],
  'semver', // the versions of plugins
  'light-my-request', // inject()
  '@fastify/proxy-addr', // trustProxy
  'thread-stream', // transports of pino
];

const common: BuildOptions = {
  absWorkingDir: fileURLToPath(root),
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node22.19',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'linked',
  logLevel: 'warning',
  // Some libraries are CommonJS: they call require() for Node's own modules, and ask where they are.
  banner: {
    js: [
      "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
      'const __filename=import.meta.filename,__dirname=import.meta.dirname;',
    ].join(''),
  },
};

await rm(next, { recursive: true, force: true });
await Promise.all([
  build({
    ...common,
    entryPoints: ['src/cli/main.ts'],
    outdir: 'dist.next/cli',
    splitting: true,
    // dockerode's own ssh and BuildKit sessions are not used, and weigh more than all the rest.
    alias: { ssh2: absentModule, '@grpc/grpc-js': absentModule, '@grpc/proto-loader': absentModule },
    define: {
      REDISDEMO_VERSION: JSON.stringify(version),
      // dockerode must not look for the engine itself: it would read certificates that nobody asked for, and fail.
      'process.env.DOCKER_HOST': 'undefined',
    },
  }),
  build({
    ...common,
    entryPoints: ['service/src/server.ts'],
    outdir: 'dist.next/service',
    alias: Object.fromEntries(UNUSED_BY_THE_SERVICE.map((name) => [name, absentModule])),
  }),
  writeDocs(),
]);
await copyTemplates();
await settleTimes();
await rm(new URL('dist/', root), { recursive: true, force: true });
await rename(next, new URL('dist/', root));

/** The files of Swagger UI and the document that it shows. */
async function writeDocs(): Promise<void> {
  const target = new URL('service/static/', next);
  await mkdir(target, { recursive: true });
  const source = new URL('node_modules/@fastify/swagger-ui/static/', root);
  await Promise.all([
    ...SWAGGER_UI_FILES.map((name) => copyFile(new URL(name, source), new URL(name, target))),
    writeFile(new URL('openapi.json', target), await apiDocument()),
  ]);
}

/** npm does not pack every file that begins with a dot, so templates/ has the names without. */
async function copyTemplates(): Promise<void> {
  const names = {
    Dockerfile: 'Dockerfile',
    dockerignore: '.dockerignore',
    gcloudignore: '.gcloudignore',
    'env.example': 'env.example',
  };
  const copies = Object.entries(names).map(([from, to]) =>
    copyFile(new URL(`templates/${from}`, root), new URL(to, next)),
  );
  await Promise.all(copies);
}

/** The same content at the same time: a layer of an image is made of both. */
async function settleTimes(): Promise<void> {
  const epoch = new Date('2000-01-01T00:00:00Z');
  const entries = await readdir(next, { recursive: true });
  await Promise.all(entries.map((entry) => utimes(new URL(entry, next), epoch, epoch)));
}
