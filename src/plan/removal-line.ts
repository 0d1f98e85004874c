/** The service in a container is a target; what else is in Docker has commands under the name of its stage. */
const SERVICE = 'service';

/** The command that removes what carries the label of a stage. @param stage a label, which anybody can write */
export function removalLine(stage = ''): string | undefined {
  if (stage === SERVICE) return 'redisdemo destroy container';
  return /^[a-z]+$/.test(stage) ? `redisdemo ${stage} down` : undefined;
}
