/** Why Redis ended while it loaded its data, and what helps, by what it logged. */
import { failed, type Failed } from '../../plan/answer.ts';

interface StackData {
  readonly image: string;
  readonly volume: string;
  readonly up: (image: string) => string;
}

interface Symptom {
  /** redis/redis, src/rdb.c (rdbLoadRioWithLoadingCtx) and src/aof.c (loadSingleAppendOnlyFile). */
  readonly logged: RegExp;
  readonly cause: (data: StackData) => string;
  readonly ways: (data: StackData) => readonly string[];
}

const MANIFEST = '/data/appendonlydir/appendonly.aof.manifest';
/** Reads the data of any older image. */
const NEWEST = 'redis:8';

const deleteData = 'Or delete the data: redisdemo stack down --volumes';

const SYMPTOMS: readonly Symptom[] = [
  {
    logged:
      /Can't handle RDB format version|RDB file contains (?:module data|AUX module data) I can't load|Unknown RDB encoding type/i,
    cause: ({ image, volume }) =>
      `The data in the volume ${volume} were written by a newer Redis, or one with more modules, than ${image}.`,
    ways: ({ image, up }) => [
      image === NEWEST
        ? `Start the image that wrote them: redisdemo stack down && ${up('IMAGE')}`
        : `Start the image that wrote them, such as ${NEWEST}: redisdemo stack down && ${up(NEWEST)}`,
      deleteData,
    ],
  },
  {
    logged:
      /Bad file format reading the append only file|Unexpected end of file reading the append only file|Invalid AOF manifest|AOF .*manifest.* (?:not|invalid)|The AOF .* doesn't exist|Unrecoverable error reading the append only file/i,
    cause: ({ volume }) => `The append-only file in the volume ${volume} is damaged.`,
    ways: ({ image, volume, up }) => [
      `Repair it, which cuts off what follows the damage: docker run --rm -it -v ${volume}:/data --entrypoint redis-check-aof ${image} --fix ${MANIFEST}`,
      `Then run: ${up(image)}`,
      deleteData,
    ],
  },
  {
    logged:
      /Wrong signature trying to load DB|Short read or OOM loading DB|Internal error in RDB reading|RDB CRC error|Wrong RDB checksum/i,
    cause: ({ volume }) => `The snapshot in the volume ${volume} is damaged.`,
    ways: () => ['Restore it from a copy, if there is one.', deleteData],
  },
  {
    logged: /No space left on device/i,
    cause: ({ volume }) => `The disk with the volume ${volume} is full.`,
    ways: ({ image, up }) => [`Free space, then run: ${up(image)}`],
  },
];

/** The failure with its cause and the ways out when the log shows a known one; otherwise unchanged. */
export function explained(failure: Failed, data: StackData): Failed {
  const symptom = SYMPTOMS.find(({ logged }) => logged.test(failure.reason));
  if (!symptom) return failure;
  return failed(`${symptom.cause(data)} ${failure.reason}`, { hint: symptom.ways(data).join('\n') });
}
