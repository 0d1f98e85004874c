/** By constraint: https://cloud.google.com/resource-manager/docs/organization-policy/org-policy-constraints */
import { AGAIN, grantBuilder, type FailureContext, type FailureRule } from './failure.ts';
import { accountOf, constraintOf } from './refusal.ts';

const NAMED = /\b(?:constraints|customConstraints)\/[\w.-]{1,100}\w/;

function exception({ project }: FailureContext, constraint: string): string {
  return (
    `See what it allows: gcloud org-policies describe ${constraint} --effective --project=${project}   ` +
    'An exception is made by somebody with roles/orgpolicy.policyAdmin.'
  );
}

type Hint = (context: FailureContext, constraint: string, said: string) => string;

const or =
  (wayOut: string): Hint =>
  (context, constraint) =>
    `${wayOut}   ${exception(context, constraint)}`;

const keepPrivate: Hint = (context, constraint) =>
  context.private === true
    ? exception(context, constraint)
    : `Deploy it for those with the right to call it: --private   ${exception(context, constraint)}`;

const nameAccount: Hint = (context, constraint) =>
  `Name an account that exists: --service-account EMAIL, and --build-service-account EMAIL where Google builds. ` +
  `See them: gcloud iam service-accounts list --project=${context.project}   ${exception(context, constraint)}`;

interface ConstraintWords {
  readonly constraint: string;
  readonly words: string;
  /** Absent: look at the policy. */
  readonly hint?: Hint;
  /** Google's text where it leaves out the constraint's name. */
  readonly also?: string;
}

const CONSTRAINTS: readonly ConstraintWords[] = [
  {
    // esp-v2#148, firebase-tools#6454
    constraint: 'gcp.resourceLocations',
    words: 'A policy of the organization does not allow resources at that location.',
    hint: or('Choose a region that it allows: --region REGION'),
  },
  {
    // google-github-actions/deploy-cloudrun#473
    constraint: 'iam.allowedPolicyMemberDomains',
    words: 'A policy of the organization forbids roles for members outside its domains, so also for everybody.',
    also: 'One or more users named in the policy do not belong to a permitted customer',
    hint: keepPrivate,
  },
  {
    constraint: 'iam.managed.allowedPolicyMembers',
    words: 'A policy of the organization forbids roles for that member.',
    hint: keepPrivate,
  },
  {
    constraint: 'run.managed.requireInvokerIam',
    words: 'A policy of the organization demands the IAM check of who calls a service.',
    hint: keepPrivate,
  },
  {
    constraint: 'run.allowedIngress',
    words: 'A policy of the organization does not allow requests from the internet to Cloud Run.',
    hint: or('Let it be reached from inside only: --ingress internal-and-cloud-load-balancing'),
  },
  {
    constraint: 'run.allowedVPCEgress',
    words: 'A policy of the organization does not allow the way in which the service would leave its network.',
    hint: or('Connect it to a network of the project: --network NAME --subnet NAME'),
  },
  {
    // firebase/firebase-tools#7723
    constraint: 'run.allowedBinaryAuthorizationPolicies',
    words: 'A policy of the organization demands Binary Authorization for services on Cloud Run.',
  },
  {
    constraint: 'cloudbuild.allowedWorkerPools',
    words: "A policy of the organization does not allow builds in Google's own worker pool.",
    hint: or('Build the image elsewhere and name it: --image IMAGE'),
  },
  {
    constraint: 'cloudbuild.allowedIntegrations',
    words: 'A policy of the organization does not allow Cloud Build to work for that source.',
    hint: or('Build the image elsewhere and name it: --image IMAGE'),
  },
  ...['iam.disableServiceAccountCreation', 'iam.managed.disableServiceAccountCreation'].map((constraint) => ({
    constraint,
    words: 'A policy of the organization does not allow new service accounts.',
    hint: nameAccount,
  })),
  {
    constraint: 'iam.automaticIamGrantsForDefaultServiceAccounts',
    words: 'A policy of the organization keeps the default service accounts without roles.',
    hint: (context, _constraint, said) => grantBuilder(context, accountOf(said)),
  },
  {
    constraint: 'gcp.restrictServiceUsage',
    words: 'A policy of the organization does not allow that API in the project.',
  },
  {
    constraint: 'gcp.restrictNonCmekServices',
    words: 'A policy of the organization demands a key of your own for what is stored.',
  },
];

const escaped = (text: string): string => text.replaceAll('.', String.raw`\.`);

export const POLICY_FAILURES: readonly FailureRule[] = [
  ...CONSTRAINTS.map(({ constraint, words, hint = exception, also }): FailureRule => {
    const pattern = `constraints/${escaped(constraint)}(?![\\w.]*\\w)`;
    return {
      name: `policy ${constraint}`,
      code: 'not_permitted',
      pattern: new RegExp(also === undefined ? pattern : `${pattern}|${also}`, 'i'),
      words,
      named: new RegExp(`constraints/${escaped(constraint)}`),
      hint: (context, said) => hint(context, constraint, said),
    };
  }),
  {
    // https://cloud.google.com/vpc-service-controls/docs/troubleshooting
    name: 'service perimeter',
    code: 'not_permitted',
    pattern: /prohibited by organization's policy|vpcServiceControlsUniqueIdentifier/i,
    words: 'A perimeter of VPC Service Controls does not let the request through.',
    named: /vpcServiceControlsUniqueIdentifier[:=]? ?[\w-]{1,100}/,
    hint: () =>
      `Give that identifier to those who run the perimeter: they see what it stopped. Or ${AGAIN} from inside of it.`,
  },
  {
    name: 'organization policy',
    code: 'not_permitted',
    pattern: /org(?:anization)? ?policy|(?:constraints|customConstraints)\/|violates constraint/i,
    words: 'A policy of the organization forbids it.',
    named: NAMED,
    hint: (context, said) => exception(context, constraintOf(said) ?? 'CONSTRAINT'),
  },
];
