/** The commands of redisdemo that a person can type next. */
import type { CloudRunPlace } from './place.ts';

/** For this one service, whatever project and region are set elsewhere. */
export function commandFor(words: string, { project, region, service }: CloudRunPlace): string {
  return `redisdemo ${words} --project ${project} --region ${region} --service ${service}`;
}
