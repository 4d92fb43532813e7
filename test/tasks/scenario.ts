import type { WrittenRule, WrittenScenario, WrittenStep } from '../scripted-agent/scenario/written.ts';

/** What a task can make the scripted agent do, by the words `act: NAME` in its text. */
export const ACTS = {
  /** Says so by the verb, from inside, without its id. */
  'done-by-verb': [work(200), run('rollcall', 'task', 'done', '--message', 'all is well')],
  'fail-by-verb': [work(200), run('rollcall', 'task', 'fail', '--reason', 'the moon is wrong')],
  /** Says so by the files that the prompt names. */
  'done-by-file': [work(200), run('sh', '-c', 'touch "{doneFile}"; sleep 30')],
  'fail-by-file': [work(200), run('sh', '-c', 'echo "no such moon" >"{failedFile}"; sleep 30')],
  /** Just stops talking. */
  'end-of-turn': [work(200), { type: 'print', text: 'I have finished.' }],
  background: [work(100), { type: 'print', text: 'Started it.' }, { type: 'background', ms: 3000 }],
  question: [
    work(100),
    { type: 'question', question: 'Which way to the moon?', options: [{ label: 'Up' }, { label: 'Down' }] },
    { type: 'print', text: 'Thank you.' },
  ],
  permission: [work(100), { type: 'permission', tool: 'Bash', subject: 'rm -r moon' }],
  crash: [work(300), { type: 'crash', signal: 'SIGKILL' }],
  'crash-by-itself': [work(300), { type: 'crash', code: 7 }],
  exit: [work(300), { type: 'exit', code: 0 }],
  hang: [{ type: 'hang' }],
  long: [work(600_000)],
  /** Works for ten seconds, and something comes of it every two and a half. */
  busy: [1, 2, 3, 4].flatMap((part) => [
    work(2500),
    { type: 'print', text: `Part ${String(part)} is done.` },
  ]),
  second: [work(1000), run('rollcall', 'task', 'done')],
} as const satisfies Readonly<Record<string, readonly WrittenStep[]>>;
export type Act = keyof typeof ACTS;

/** The turn fails so in the first run of the conversation; when it goes on it ends well. */
const FAILURES = ['500', '529'] as const;

/** One scenario for every task of a test: what is done follows from the task's own text. */
export function actingScenario(more: Partial<WrittenScenario> = {}): WrittenScenario {
  return {
    start: { readyMs: 150 },
    ...more,
    rules: [
      ...FAILURES.flatMap((kind) => [
        rule(`act: recovers-from-${kind}`, [work(100), { type: 'fail', kind, retries: 0 }], {
          resumed: false,
        }),
        rule(`recovers-from-${kind}`, [work(100), { type: 'print', text: 'It went well.' }], {
          resumed: true,
        }),
        // A later prompt of the same conversation need not repeat the task.
        rule(`act: always-fails-${kind}`, [work(100), { type: 'fail', kind, retries: 0 }]),
        rule(`always-fails-${kind}`, [work(100), { type: 'fail', kind, retries: 0 }], { resumed: true }),
      ]),
      ...Object.entries(ACTS).map(([name, steps]) => rule(`act: ${name}(?![\\w-])`, steps)),
      ...(more.rules ?? []),
    ],
  };
}

function rule(
  prompt: string,
  steps: readonly WrittenStep[],
  when: Omit<NonNullable<WrittenRule['when']>, 'prompt'> = {},
): WrittenRule {
  // The names of the signal files, where the prompt tells them.
  const files = String.raw`(?:[^]*?(?<doneFile>/\S*/done)\b)?(?:[^]*?(?<failedFile>/\S*/failed)\b)?`;
  return { when: { ...when, prompt: `${prompt}${files}` }, steps };
}

function work(ms: number): WrittenStep {
  return { type: 'work', ms };
}

function run(...argv: readonly string[]): WrittenStep {
  return { type: 'run', argv };
}
