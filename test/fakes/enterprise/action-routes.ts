/**
 * /v1/actions: what the cluster is doing.
 *
 * Where each belief comes from: two lists; in `actions` progress, creation_time and node_uid are strings, in
 * `state-machines` there is a heartbeat and no progress: redis-enterprise-rs, tests/fixtures/actions_list.json. A single
 * one is the entry of either list, 404 when there is none: redis/docs, api/requests/actions.
 */
import { randomUUID } from 'node:crypto';
import { Refusal } from './answer.ts';
import type { Route } from './routes.ts';
import type { Action, ClusterState } from './state.ts';

export const ACTION_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    path: '/v1/actions',
    handle: ({ state }) => {
      const { actions } = state();
      return { status: 200, body: { actions: actions.map(showTask), 'state-machines': actions.map(showMachine) } };
    },
  },
  {
    method: 'GET',
    path: '/v1/actions/{uid}',
    handle: ({ state, params }) => {
      const action = state().actions.find(({ uid }) => uid === params['uid']);
      if (action === undefined) throw new Refusal(404, 'action_not_exist', 'The action does not exist');
      return { status: 200, body: { ...showTask(action), ...showMachine(action) } };
    },
  },
];

export function startAction(name: string, database: number): Action {
  return { uid: randomUUID(), name, database, done: false, created: Math.floor(Date.now() / 1000) };
}

export function endAction(state: ClusterState, uid: string): ClusterState {
  return {
    ...state,
    actions: state.actions.map((action) => (action.uid === uid ? { ...action, done: true } : action)),
  };
}

function showTask({ uid, name, done, created }: Action): object {
  return {
    action_uid: uid,
    creation_time: String(created),
    name,
    node_uid: '1',
    progress: done ? '100' : '50',
    status: done ? 'completed' : 'active',
    task_id: uid,
  };
}

function showMachine({ uid, name, database, done, created }: Action): object {
  const status = done ? 'completed' : 'active';
  return { action_uid: uid, heartbeat: created, name, object_name: `bdb:${String(database)}`, status };
}
