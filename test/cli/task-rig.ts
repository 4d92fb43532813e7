import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { recordText } from '../../src/queue/record.ts';
import { RECORD } from '../report/task-samples.ts';
import type { AttemptRecord } from '../../src/model/task.ts';
import { openRig, type Rig } from './rig.ts';

/** A fleet with two inboxes, and what lies in them. */
export interface TaskRig extends Rig {
  /** Folder of that inbox's queue: `inbox/` and its neighbours. */
  readonly queue: (inbox: string) => string;
  /** Writes `text` to `<folder>/<file>` of an inbox; gives its path. */
  readonly put: (inbox: string, file: string, text?: string) => string;
  /** Names and texts of every file of an inbox's queue, by path below it, without records and reasons. */
  readonly tasks: (inbox: string) => Readonly<Record<string, string>>;
  /** A claimed task with its run folder, which is given. */
  readonly claim: (inbox: string, id: string, record?: Partial<AttemptRecord>) => string;
  readonly record: (inbox: string, record: Partial<AttemptRecord>) => void;
}

export function openTaskRig(): TaskRig {
  const rig = openRig();
  const queue = (inbox: string): string => join(rig.home, inbox, '.agent-queue');
  for (const inbox of ['box', 'other']) mkdirSync(join(rig.home, inbox));
  rig.declare(
    [
      `pools: { auto: { prefix: auto-, max: 1, cwd: ${rig.home}/work } }`,
      'inboxes:',
      `  box: { dir: ${queue('box')}/inbox, pool: auto }`,
      `  other: { dir: ${queue('other')}/inbox, pool: auto }`,
      '',
    ].join('\n'),
  );
  const put: TaskRig['put'] = (inbox, file, text = 'do it\n') => {
    const path = join(queue(inbox), file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  };
  const record: TaskRig['record'] = (inbox, some) => {
    const whole = { ...RECORD, inbox, ...some };
    put(inbox, `attempts/${whole.id}@${whole.attempt}.json`, recordText(whole));
  };
  return {
    ...rig,
    queue,
    put,
    record,
    tasks: (inbox) => tasksBelow(queue(inbox)),
    claim: (inbox, id, some = {}) => {
      const { attempt = 'a1b2c3', session = 'auto-0' } = some;
      put(inbox, `claimed/${id}@${session}@${attempt}.md`);
      record(inbox, { id, file: `${id}.md`, session, attempt, ...some });
      const runDir = join(rig.home, 'run', 'rollcall', 'test', 'runs', attempt);
      mkdirSync(runDir, { recursive: true });
      return runDir;
    },
  };
}

function tasksBelow(queue: string): Readonly<Record<string, string>> {
  const folders = ['inbox', 'claimed', 'done', 'failed', 'rejected'].filter((each) =>
    existsSync(join(queue, each)),
  );
  return Object.fromEntries(
    folders.flatMap((folder) =>
      readdirSync(join(queue, folder))
        .filter((file) => !file.endsWith('.reason'))
        .map((file) => [`${folder}/${file}`, readFileSync(join(queue, folder, file), 'utf8')]),
    ),
  );
}
