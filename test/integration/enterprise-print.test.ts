/** Print equals run for Redis Enterprise: the script, with the real docker, curl and jq, sends what the command sends. */
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { leaks, leakyFiles, watchCommandLines } from '../support/secret-leaks.ts';
import { clusterIn, hidden } from '../support/cluster-state.ts';
import { commandsIn, type Commands } from '../support/commands.ts';
import { checkExchanges, contractsMissing } from '../support/contracts.ts';
import { skipped } from '../support/docker.ts';
import { everythingIn, filesIn, inspectOurs } from '../support/docker-state.ts';
import { exchangesIn, stateIn } from '../support/enterprise-image.ts';
import { enterprisePorts } from '../support/enterprise-ports.ts';
import { ownEngineMissing } from '../fakes/docker-engine.ts';
import type { Exchange } from '../fakes/enterprise/exchanges.ts';
import { openSandbox, type Sandbox } from '../support/sandbox.ts';
import { formsOf, passwordsIn } from '../support/passwords.ts';
import { explainedCommands, paste, runScript } from '../support/printed-script.ts';

const up = ['enterprise', 'up', ...(await enterprisePorts()).options];

describe.skipIf(ownEngineMissing !== undefined)(`print equals run, Enterprise${skipped(ownEngineMissing)}`, () => {
  let sandbox: Sandbox;
  let redisdemo: Commands['redisdemo'];
  beforeAll(async () => {
    sandbox = await openSandbox();
    ({ redisdemo } = commandsIn(sandbox));
  });
  afterAll(() => sandbox.close());
  afterEach(() => sandbox.clear());

  it.each([
    { title: 'one node of family 7.4', command: [...up, '--image', 'redislabs/redis:7.4.6-272'], nodes: 1 },
    { title: 'two nodes and a user of the service', command: [...up, '--nodes', '2', '--user', 'app'], nodes: 2 },
  ])('$title', async ({ command, nodes }) => {
    const ground = await everythingIn(sandbox);
    const { stdout: script } = await redisdemo([...command, '--print']);
    const { stderr } = await redisdemo([...command, '--explain']);
    const explained = explainedCommands(stderr);
    expect(explained.length).toBeGreaterThan(5);
    const ran = await all(nodes);
    const removal = explainedCommands((await redisdemo(['enterprise', 'down', '--yes', '--explain'])).stderr);
    expect(await everythingIn(sandbox)).toEqual(ground);

    const watch = await watchCommandLines();
    const pasted = await pasteAll(explained);
    expect((await all(nodes)).effects.filter(isNoDryRun)).toEqual(ran.effects.filter(isNoDryRun));
    await paste(sandbox, removal);
    expect(await sandbox.things()).toEqual([]);

    const said = await runScript(sandbox, { shell: 'sh', script });
    const seen = await watch.stop();
    const printed = await all(nodes);
    expect(printed.effects).toEqual(ran.effects);
    expect(printed.state).toEqual(ran.state);
    // The command asks more: what a person sees from a refusal, it asks before.
    for (const question of printed.questions) expect(ran.questions).toContain(question);
    if (contractsMissing === '') expect(checkExchanges(printed.exchanges)).toEqual([]);

    const secrets = formsOf(await passwordsIn(sandbox.home));
    expect(leaks([...seen, script, said, pasted], secrets)).toEqual([]);
    expect(await leakyFiles(sandbox.home, secrets)).toEqual([]);

    const there = await everythingIn(sandbox);
    await runScript(sandbox, { shell: 'bash --posix', script });
    expect(await everythingIn(sandbox)).toEqual(there);
    expect((await all(nodes)).effects).toEqual(printed.effects);
    await redisdemo(['enterprise', 'down', '--yes']);
    expect(await everythingIn(sandbox)).toEqual(ground);
  });

  it('a database more', async () => {
    await redisdemo(up);
    const create = ['enterprise', 'database', 'create', 'more', '--port', '19877', '--persistence', 'snapshot'];
    const first = (await all(1)).effects.length;
    const { stdout: script } = await redisdemo([...create, '--print']);
    await redisdemo(create);
    const ran = (await all(1)).effects.slice(first);
    await redisdemo(['enterprise', 'database', 'delete', 'more', '--yes']);
    const second = (await all(1)).effects.length;
    await runScript(sandbox, { shell: 'sh', script });
    expect((await all(1)).effects.slice(second)).toEqual(ran);
    expect(await commandsIn(sandbox).ask([...create])).toMatchObject({ created: [] });
  });

  /**
   * A person waits between two of them, until what was begun has ended: a node that is to join a cluster that is still being
   * made accepts that, and fails.
   */
  const pasteAll = async (commands: readonly string[]): Promise<string> => {
    const said: string[] = [];
    let members = 0;
    for (const command of commands) {
      await vi.waitFor(async () => said.push(await paste(sandbox, [await forThisCluster(command)])), {
        timeout: 60_000,
        interval: 1000,
      });
      if (!command.includes('/v1/bootstrap/')) continue;
      members += 1;
      const node = `redisdemo-enterprise-${String(members)}`;
      await expect.poll(() => stateIn(node, sandbox.env), { interval: 500 }).toHaveProperty('nodes.length', members);
    }
    return said.join('\n');
  };

  /** A line has the address of the first node as it was: Docker gives a network that is created again another subnet. */
  const forThisCluster = async (command: string): Promise<string> => {
    if (!command.includes('/join_cluster')) return withOwnKey(command);
    const format = '{{.NetworkSettings.Networks.redisdemo.IPAddress}}';
    const address = await sandbox.docker('container', 'inspect', '--format', format, 'redisdemo-enterprise-1');
    return withOwnKey(command).replace(/(?<="nodes": \[")[\d.]+/, address.trim());
  };

  /** What the nodes were asked, what they know, and what Docker and the home hold. */
  const all = async (nodes: number) => {
    const names = Array.from({ length: nodes }, (_, index) => `redisdemo-enterprise-${String(index + 1)}`);
    const passwords = await passwordsIn(sandbox.home);
    const exchanges = (await Promise.all(names.map((name) => exchangesIn(name, sandbox.env)))).flat();
    const own = exchanges.map((exchange) => hidden(effectOf(exchange), passwords) as ReturnType<typeof effectOf>);
    return {
      exchanges,
      effects: own.filter(({ request }, index) => !request.startsWith('GET') && isNew(own, index)),
      questions: new Set(own.map(({ request }) => request).filter((request) => request.startsWith('GET'))),
      state: {
        docker: await inspectOurs(sandbox),
        // The command notes where its nodes are, for its own next run: after a script it does so then.
        files: (await filesIn(sandbox.home)).filter((file) => !file.endsWith(' records/enterprise-nodes.json')),
        cluster: await clusterIn(sandbox, names[0] ?? ''),
      },
    };
  };
});

/** With who asks, but not with what programs say of themselves. */
function effectOf({ method, path, query, body, headers }: Exchange) {
  const { authorization, 'content-type': type } = headers;
  const login = authorization?.replace('Basic ', '');
  return {
    request: `${method} ${path}${query}`,
    body: body ?? null,
    type,
    login: login === undefined ? null : userOf(login),
  };
}

function userOf(login: string): string {
  return Buffer.from(login, 'base64').toString().split(':')[0] ?? '';
}

/** A request that is sent again says nothing new. */
function isNew(list: readonly unknown[], index: number): boolean {
  const text = JSON.stringify(list[index]);
  return list.findIndex((other) => JSON.stringify(other) === text) === index;
}

/** Another node has another key: the line has that of the node that it was shown for. */
function withOwnKey(command: string): string {
  return command.replace(/sha256\/\/\S+(?=[^]*https:\/\/([^/]+)\/)/, (_match, host: string) => {
    const key = `openssl s_client -connect ${host} </dev/null 2>/dev/null | openssl x509 -pubkey -noout`;
    return `"sha256//$(${key} | openssl pkey -pubin -outform der | openssl dgst -sha256 -binary | base64)"`;
  });
}

/** The command has a dry run before what a person does at once. */
function isNoDryRun({ request }: { readonly request: string }): boolean {
  return !/dry_run|validate/.test(request);
}
