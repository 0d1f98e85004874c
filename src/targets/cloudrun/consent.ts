/** What a deployment asks a person, asked by a printed script as well: at a terminal, or refused. */
import { ok } from '../../plan/answer.ts';
import type { Question } from '../../plan/call.ts';
import { questionLine } from '../../plan/call-lines.ts';
import type { Step } from '../../plan/plan.ts';
import { quote } from '../../plan/shell.ts';
import { askService } from './service.ts';
import { CANDIDATE, type CloudRunPlace } from './settings.ts';

/** Selects where the traffic goes when somebody has chosen that: isPinned of service.ts, for jq. */
const PINNED = [
  '.status',
  '[.traffic[]? | select(.percent > 0)] as $on',
  `[.traffic[]? | select(.tag == "${CANDIDATE}") | .revisionName] as $candidates`,
  '.latestReadyRevisionName as $latest',
  'select(($on | length) > 1 or any($on[]; .latestRevision != true and .revisionName != $latest and ($candidates | any(.[]; . == $latest) | not)))',
  '$on | map(.revisionName + " (" + (.percent | tostring) + " %)") | join(" and ")',
].join(' | ');

/** Before a script moves traffic that somebody pinned. A question without an answer ends the script: see program-lines.ts. */
export function pinnedStep(place: CloudRunPlace): Step {
  const pinned = askService(place, PINNED);
  return scriptStep('ask before pinned traffic is moved', pinned, [
    `pinned=$(${questionLine(pinned)})`,
    'if [ -n "$pinned" ]; then',
    ...consentLines(
      'Traffic is pinned by hand, or by a rollback, to $pinned. Move it to the new revision when that is proven?',
    ),
    'fi',
  ]);
}

/** Before a script turns on APIs: what uses them is billed. */
export function apisStep(off: readonly string[], { project }: CloudRunPlace, isOn: Question): Step {
  return scriptStep(`ask before APIs are turned on`, isOn, [
    `on=$(${questionLine(isOn)})`,
    'if [ -z "$on" ]; then',
    ...consentLines(`Turn on ${off.join(', ')} in ${project}? What uses them is billed.`),
    'fi',
  ]);
}

/** The command itself has asked before its plan begins. */
function scriptStep(title: string, find: Question, lines: readonly string[]): Step {
  return {
    title,
    action: { kind: 'resource', thing: 'consent', find },
    exists: { ask: () => Promise.resolve(ok(undefined)), shell: lines.join('\n') },
  };
}

/** A script that comes over a pipe is its own standard input: there nobody can answer. Exit codes as the command's. */
function consentLines(question: string): readonly string[] {
  const refusal =
    'Confirmation needed, and standard input is not a terminal: run the script from a file, or print it with --yes.';
  return [
    `  echo "${question}" >&2`,
    `  [ -t 0 ] || { echo ${quote(refusal)} >&2; exit 2; }`,
    "  printf '[y/N] ' >&2; read -r answer",
    "  case $answer in [Yy] | [Yy][Ee][Ss]) ;; *) echo 'Nothing was changed.' >&2; exit 1 ;; esac",
  ];
}
