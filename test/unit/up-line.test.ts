/** The command that a hint names for a database that has stopped: with other settings it would be a conflict. */
import { describe, expect, it } from 'vitest';
import { ENTERPRISE_DEFAULTS, enterpriseUpLine } from '../../src/databases/enterprise/settings.ts';
import { STACK_DEFAULTS, stackUpLine } from '../../src/databases/stack/settings.ts';

describe('the command that starts a database again', () => {
  it('is the short one for the usual settings', () => {
    expect(stackUpLine(STACK_DEFAULTS)).toBe('redisdemo stack up');
    expect(enterpriseUpLine(ENTERPRISE_DEFAULTS)).toBe('redisdemo enterprise up');
  });

  it('has every setting that is another one', () => {
    const stack = { image: 'redis/redis-stack:7.4.0-v8', port: 7000, insightPort: 7001, password: true };
    expect(stackUpLine(stack)).toBe(
      'redisdemo stack up --image redis/redis-stack:7.4.0-v8 --port 7000 --insight-port 7001 --password',
    );
    expect(enterpriseUpLine({ image: 'redislabs/redis:7.22.2-170', nodes: 3, port: 1, apiPort: 2, uiPort: 3 })).toBe(
      'redisdemo enterprise up --image redislabs/redis:7.22.2-170 --nodes 3 --port 1 --api-port 2 --ui-port 3',
    );
  });

  it('has no port of RedisInsight for an image without it, and the file of a given password', () => {
    expect(stackUpLine({ ...STACK_DEFAULTS, image: 'redis:8', insightPort: 1 })).toBe(
      'redisdemo stack up --image redis:8',
    );
    expect(stackUpLine({ ...STACK_DEFAULTS, password: true, passwordFile: 'my pw' })).toBe(
      "redisdemo stack up --password-file 'my pw'",
    );
  });
});
