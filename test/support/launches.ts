import type { Launches } from '../../src/apply/launches.ts';
import { reasonText } from '../../src/queue/reason.ts';
import { recordText } from '../../src/queue/record.ts';

/** For tests in which no agent is started: one that were would fail. */
export const NO_LAUNCHES: Launches = {
  specFor: () => Promise.resolve({ ok: false, text: 'this test starts no agent' }),
  recordText,
  reasonText,
  againArgv: () => null,
  launcherArgv: (folder) => ['false', folder],
};
