/** By the stage in the label. */
const LINES: Readonly<Record<string, string>> = {
  enterprise: 'redisdemo enterprise down',
  insight: 'redisdemo insight down',
  service: 'redisdemo destroy container',
  stack: 'redisdemo stack down',
};

/** The command that removes what carries the label of a stage. */
export function removalLine(stage: string | undefined): string | undefined {
  return LINES[stage ?? ''];
}
