/** A plan of every stage, in its variants. */
import { appUserPlan } from '../../src/databases/enterprise/bdb/app-user.ts';
import { enterprisePlan } from '../../src/databases/enterprise/enterprise.ts';
import { ENTERPRISE_DEFAULTS } from '../../src/databases/enterprise/settings.ts';
import { stackPlan } from '../../src/databases/stack/plan.ts';
import type { StackSettings } from '../../src/databases/stack/settings.ts';
import { findHome } from '../../src/home.ts';
import { insightPlan } from '../../src/insight/plan.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { containerPlan } from '../../src/targets/container/container.ts';
import { localPlan } from '../../src/targets/local/background.ts';
import { cloudRunPlans } from '../support/cloudrun-plans.ts';

const home = findHome({ REDISDEMO_HOME: "/home/o'neil/state" });
const stack: StackSettings = { image: 'redis/redis-stack', port: 6379, insightPort: 8001, password: false };
const secured = { host: 'redis.example', port: 6380, tls: true, user: 'app', password: { variable: 'REDISPASS' } };
const service = { image: 'redisdemo/service:1', port: 8000, network: 'redisdemo' };
const known = { name: 'stack', connection: { ...secured, password: { file: home.secret('stack-password') } } };

export const PLANS: Readonly<Record<string, Plan>> = {
  'Redis Stack': stackPlan(stack, home),
  'Redis Stack with a password': stackPlan({ ...stack, password: true }, home),
  'Redis 8 with a password of a file': stackPlan(
    { ...stack, image: 'redis:8', password: true, passwordFile: '/tmp/a password' },
    home,
  ),
  'Redis Enterprise': enterprisePlan(ENTERPRISE_DEFAULTS, home),
  'Redis Enterprise, 3 nodes': enterprisePlan({ ...ENTERPRISE_DEFAULTS, nodes: 3 }, home),
  'the user of the service': appUserPlan(ENTERPRISE_DEFAULTS, home),
  'the service in a container': containerPlan(service, home),
  'the service in a container, with a password': containerPlan(
    { ...service, connection: { ...secured, ca: 'PEM\nPEM' } },
    home,
  ),
  'the service in a container, with a certificate authority': containerPlan(
    { ...service, connection: { ...secured, password: undefined, caFile: '/tmp/a ca.pem' } },
    home,
  ),
  'the service as a process': localPlan({ file: '/dist/server.js', port: 8000, connection: secured }, home),
  RedisInsight: insightPlan({ port: 5540, databases: [known] }, home),
  ...cloudRunPlans,
};
