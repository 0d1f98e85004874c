/** What the plans of Cloud Run select from Google's answers: jqjs, which we run, and jq, which a script runs, agree. */
import { spawnSync } from 'node:child_process';
import jq from '@michaelhomer/jqjs';
import { describe, expect, it } from 'vitest';
import { fillIn, type Question } from '../../src/plan/call.ts';
import { IS_OPEN_TO_ALL, PINNED_TO, VIEW } from '../../src/targets/cloudrun/service/predicates.ts';
import { tagOfSource } from '../../src/targets/cloudrun/service/digest.ts';
import { BUILT_ELSEWHERE, cloudRunPlans, SERVICE_JSON } from '../support/cloudrun-plans.ts';

const missing = spawnSync('jq', ['--version']).status === 0 ? '' : ' (SKIPPED: jq is not on PATH)';

const FACTS = new Map([
  ['SECRET_VERSION', '1'],
  ['REVISION', 'redisdemo-00002-def'],
]);

/** Of a service, of one that was never touched, of a policy, of lists. */
const DOCUMENTS: readonly unknown[] = [
  SERVICE_JSON,
  { metadata: { name: 'redisdemo' }, spec: { template: { spec: { containers: [{}] } } }, status: {} },
  { bindings: [{ role: 'roles/run.invoker', members: ['allUsers'] }] },
  {
    bindings: [
      {
        role: 'roles/secretmanager.secretAccessor',
        members: ['user:a', 'serviceAccount:runner@demo-project.iam.gserviceaccount.com'],
      },
    ],
  },
  {},
];
const TAGS =
  'projects/demo-project/locations/europe-west1/repositories/cloud-run-source-deploy/packages/redisdemo/tags';
const LISTS: readonly unknown[] = [
  [],
  [
    { name: 'projects/1/secrets/s/versions/9', state: 'ENABLED' },
    { name: 'projects/1/secrets/s/versions/10', state: 'ENABLED' },
  ],
  [
    { tag: `${TAGS}/latest`, version: 'x/sha256:1' },
    { tag: `${TAGS}/${tagOfSource(BUILT_ELSEWHERE)}`, version: 'x/sha256:2' },
  ],
  [{ name: 'run-sources-demo-project-europe-west1' }],
  [{ config: { name: 'run.googleapis.com' } }, { config: { name: 'cloudbuild.googleapis.com' } }],
];

const questions = Object.values(cloudRunPlans).flatMap(({ steps }) =>
  steps.flatMap(({ action }) => (action.kind === 'resource' ? [action.find] : [])),
);
const programs = [VIEW, PINNED_TO, IS_OPEN_TO_ALL, ...new Set(questions.map(({ select }) => fillIn(select, FACTS)))];

function listed({ call }: Question): boolean {
  return 'words' in call && call.words.includes('list');
}

const answersOf = (program: string): readonly unknown[] =>
  questions.some((question) => fillIn(question.select, FACTS) === program && listed(question)) ? LISTS : DOCUMENTS;

/** What counts of an answer: its first output that is a value. A list of it, or of nothing; also where jq fails. */
function byJq(program: string, documents: readonly unknown[]): unknown {
  const { stdout } = spawnSync('jq', ['--compact-output', `[.[] | [first((${program}) | values)?]]`], {
    input: JSON.stringify(documents),
    encoding: 'utf8',
  });
  return JSON.parse(stdout) as unknown;
}

function byJqjs(program: string, documents: readonly unknown[]): unknown {
  const select = jq.compile(program);
  return documents.map((document) => {
    const [first] = select(document);
    return first === null || first === undefined ? [] : [first];
  });
}

describe.skipIf(missing !== '')(`jq and jqjs select the same${missing}`, () => {
  it.each(programs)('%s', (program) => {
    expect(byJqjs(program, answersOf(program))).toEqual(byJq(program, answersOf(program)));
  });

  it('with no `//`, of which jqjs gives the null before it, too', () => {
    expect(programs.filter((program) => program.includes(' // '))).toEqual([]);
  });
});
