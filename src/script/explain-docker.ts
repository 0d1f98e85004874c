/** Things in Docker as a person makes them, without what redisdemo labels them with. */
import type { BuildImage, HandOver, RunContainer } from '../plan/action.ts';
import { handedLine } from './container-lines.ts';
import { bashWord, layout, piped } from './layout.ts';
import { quote } from './shell.ts';

export function plainRun(container: RunContainer): string {
  const { name, image, ports, mounts, env, network, command = [], readOnly } = container;
  const { aliases = [], capabilities = [] } = container;
  return layout([
    `docker run --detach --name ${name}`,
    `--network ${network}`,
    ...aliases.map((alias) => `--network-alias ${alias}`),
    ...ports.map((port) => `--publish 127.0.0.1:${String(port.host)}:${String(port.container)}`),
    ...mounts.map((mount) => `--volume ${mount.volume}:${mount.path}${mount.readOnly === true ? ':ro' : ''}`),
    ...Object.entries(env).map(([variable, value]) => `--env ${bashWord(`${variable}=${value}`)}`),
    ...capabilities.map((capability) => `--cap-add ${capability}`),
    ...(readOnly === true ? ['--read-only'] : []),
    [image, ...command].map(bashWord).join(' '),
  ]);
}

export function plainBuild({ image, context, platform }: BuildImage): string {
  const platforms = platform === undefined ? [] : [`--platform ${platform}`];
  return layout(['docker build', `--tag ${image}`, ...platforms, quote(context)]);
}

/** A container that is gone at the end writes the files: the engine may be on another machine. */
export function plainHandOver({ volume, image, files }: HandOver): string {
  const copies = files.map((file) =>
    piped(
      handedLine(file),
      layout([
        'docker run --rm --interactive --user 0',
        `--volume ${volume}:/run/secrets`,
        `--entrypoint sh ${quote(image)}`,
        `-c ${quote(`umask 222; cat >/run/secrets/${file.name}`)}`,
      ]),
    ),
  );
  return [`docker volume create ${volume}`, ...copies].join('\n');
}
