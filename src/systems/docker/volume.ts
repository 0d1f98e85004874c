/** The volumes of the stages. */
import type Docker from 'dockerode';
import { labelsFor, type CreateVolume } from '../../plan/action.ts';
import type { Answer } from '../../plan/answer.ts';
import type { Performer } from '../../plan/systems.ts';
import type { Ask } from './errors.ts';
import { assertOurs } from './owner.ts';

export function volumePerformer(docker: Docker, ask: Ask): Performer<CreateVolume> {
  const present = ({ name, home }: CreateVolume) => findVolume(docker, ask, { name, home });
  return {
    exists: present,
    present,
    create: (action) => ask(() => docker.createVolume({ Name: action.name, Labels: labelsFor(action) })),
    remove: ({ name }) => ask(() => docker.getVolume(name).remove()),
  };
}

/** Throws a Problem when it is not ours. */
export function findVolume(
  docker: Docker,
  ask: Ask,
  { name, home }: Pick<CreateVolume, 'name' | 'home'>,
): Promise<Answer<unknown>> {
  return ask(async () => {
    assertOurs(await docker.getVolume(name).inspect(), 'volume', name, home);
  });
}
