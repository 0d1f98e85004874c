/** Google Cloud's rules for names, labels and sizes, checked before anything is created. */
import * as v from 'valibot';
import { duration } from '../../../command/options.ts';
import { NAME, PROJECT } from '../place/place.ts';
import { CPUS, MEMORY } from '../service/limits.ts';

export const id = (what: string) => v.pipe(v.string(), v.regex(new RegExp(`^${NAME}$`), what));

export const project = v.pipe(v.string(), v.regex(new RegExp(`^${PROJECT}$`), 'the id of a project'));

export const email = v.pipe(v.string(), v.email('the e-mail of an account'));

/** Of this project by name; of another (Shared VPC) by its path: https://cloud.google.com/run/docs/configuring/shared-vpc-direct-vpc */
export const network = v.pipe(
  v.string(),
  v.regex(
    new RegExp(`^(?:projects/${PROJECT}/global/networks/)?${NAME}$`),
    'the name of a network, or projects/HOST_PROJECT/global/networks/NAME',
  ),
);

export const subnet = v.pipe(
  v.string(),
  v.regex(
    new RegExp(`^(?:projects/${PROJECT}/regions/${NAME}/subnetworks/)?${NAME}$`),
    'the name of a subnet, or projects/HOST_PROJECT/regions/REGION/subnetworks/NAME',
  ),
);

export const memory = v.pipe(v.string(), v.regex(MEMORY, 'a size such as 512Mi or 2Gi'));

export const cpus = v.pipe(
  v.string(),
  v.check(
    (text) => CPUS.map(String).includes(text),
    `${CPUS.slice(0, -1).join(', ')} or ${String(CPUS.at(-1))}; less than one CPU would need the first generation execution environment`,
  ),
  v.transform(Number),
);

/** https://cloud.google.com/run/docs/configuring/request-timeout */
const MOST_S = 3600;

export const requestTimeout = v.pipe(
  duration,
  v.transform((ms) => ms / 1000),
  v.check((s) => Number.isInteger(s) && s >= 1 && s <= MOST_S, 'whole seconds from 1s to 60m'),
);

/** https://cloud.google.com/run/docs/configuring/labels; letters without case count as lowercase ones. */
const LABEL_KEY = /^[\p{Ll}\p{Lo}][\p{Ll}\p{Lo}\p{N}_-]{0,62}$/u;
const LABEL_VALUE = /^[\p{Ll}\p{Lo}\p{N}_-]{0,63}$/u;
const MOST_LABELS = 60;

export const labels = v.pipe(
  v.string(),
  v.transform((text) => text.split(',').map((pair) => /^([^=]*)=(.*)$/s.exec(pair)?.slice(1) ?? [])),
  v.check(
    (pairs) => pairs.every(([key = '', value = '']) => LABEL_KEY.test(key) && LABEL_VALUE.test(value)),
    'KEY=VALUE,… with lowercase letters, digits, _ and -, at most 63 of them, and a letter first in each key',
  ),
  v.check(
    (pairs) => pairs.every(([key = '']) => !/^(?:redisdemo|goog)/.test(key)),
    'without keys that begin with goog or redisdemo: those are reserved',
  ),
  v.check((pairs) => new Set(pairs.map(([key]) => key)).size === pairs.length, 'labels with different keys'),
  v.maxLength(MOST_LABELS, `at most ${String(MOST_LABELS)} labels`),
  v.transform((pairs): Readonly<Record<string, string>> =>
    Object.fromEntries(pairs.map(([key = '', value = '']) => [key, value])),
  ),
);
