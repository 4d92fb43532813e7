import { capture, type Capture } from './captures.ts';

/** Words an agent prints at its limit, as a log, a task or a page would quote them. */
export const BANNERS = [
  "You've hit your limit · resets 7pm",
  "You've hit your session limit · resets 7pm (UTC)",
  "You've hit your 5-hour limit · resets 2:39pm (UTC)",
  "You've hit your weekly limit · resets Nov 25, 11:29pm (UTC)",
  'Claude usage limit reached. Your limit will reset at 7pm.',
  'Weekly limit reached · resets 10am (Asia/Seoul)',
  '5-hour limit reached ∙ resets 3pm',
  '● Usage limit reached · set to continue automatically at 2:39pm',
  '⚠ Usage limit reached · limit resets 2:39pm',
  'Continuing automatically at 2:39pm · Esc to cancel',
  '■ You’ve hit your usage limit. Upgrade to Pro or try again at 3:31 PM.',
  'API Error: 429 {"type":"error","error":{"type":"rate_limit_error"}}',
  'Usage limit reached for gemini-3.5-flash-lite.',
  'The usage limit has been reached [retrying in 2s attempt #1]',
];

/** Ways in which an answer, a tool or a file shows such words: what stands in the rows of the agent's own text. */
const SHOWN: Readonly<Record<string, (banner: string) => readonly string[]>> = {
  'an answer': (banner) => [
    `● ${banner}`,
    '',
    '  That is what it says.',
    '',
    '✻ Crunched for 2s · done 12:13 PM',
  ],
  'a quote in an answer': (banner) => [
    '● The log shows:',
    '',
    `  ▎ ${banner}`,
    '',
    '✻ Crunched for 2s · done 12:13 PM',
  ],
  'a code block in an answer': (banner) => [
    '● The screen was:',
    '',
    '  ❯ do it',
    `    ⎿  ${banner}`,
    '',
    '  and nothing else.',
    '',
    '✻ Baked for 12s',
  ],
  'a quoted screen in an answer': (banner) => [
    '● The screen was:',
    '',
    '  ❯ do it',
    `  ⎿ \u00a0${banner}`,
    '',
    '✻ Baked for 1m 2s · done 1:02 PM',
  ],
  'a tool result': (banner) => [
    '● Bash(tail -1 agent.log)',
    `  ⎿ \u00a0${banner}`,
    '',
    '● The log ends there.',
    '',
    '✻ Crunched for 3s · done 12:13 PM',
  ],
  'the last tool result': (banner) => ['● Bash(tail -1 agent.log)', `  ⎿ \u00a0${banner}`],
  'a long tool result': (banner) => [
    '● Bash(cat agent.log)',
    '  ⎿ \u00a0starting',
    `     ${banner}`,
    '     … +12 lines (ctrl+o to expand)',
    '',
    '● Done.',
    '',
    '✻ Crunched for 3s · done 12:13 PM',
  ],
  'grep output': (banner) => [
    '● Search(pattern: "limit")',
    `  ⎿ \u00a0src/limits.ts:12: const text = "${banner}";`,
    `     docs/faq.md:3: ${banner}`,
    '',
    '● Two places.',
    '',
    '✻ Crunched for 3s · done 12:13 PM',
  ],
  'a diff': (banner) => [
    '● Update(src/limits.ts)',
    '  ⎿ \u00a0Updated src/limits.ts with 1 addition and 1 removal',
    `      12 - ${banner}`,
    `      12 + ${banner} and more`,
    '',
    '✻ Crunched for 9s · done 12:13 PM',
  ],
  'a written file': (banner) => [
    '● Write(docs/limits.md)',
    '  ⎿ \u00a0Wrote 3 lines to docs/limits.md',
    `      1 ${banner}`,
    '',
    '● Written.',
    '',
    '✻ Crunched for 9s · done 12:13 PM',
  ],
  'a list': (banner) => [
    '● Forms seen:',
    '',
    `  - ${banner}`,
    `  1. ${banner}`,
    `  * ${banner}`,
    '',
    '✻ Crunched for 9s · done 12:13 PM',
  ],
  'a table': (banner) => [
    '● Forms:',
    '',
    '  ┌──────┬──────┐',
    `  │ form │ ${banner} │`,
    '  └──────┴──────┘',
    '',
    '✻ Crunched for 9s · done 12:13 PM',
  ],
  'a menu quoted in an answer': (banner) => [
    '● It then asks:',
    '',
    `  ${banner}`,
    '  What do you want to do?',
    '',
    '  ❯ 1. Stop and wait for limit to reset',
    '    2. Wait here, then continue automatically at 2:43pm',
    '',
    '  Enter to confirm · Esc to cancel',
    '',
    '✻ Crunched for 9s · done 12:13 PM',
  ],
  'an earlier turn': (banner) => [
    `  ⎿ \u00a0${banner}`,
    '',
    '❯ go on',
    '',
    '● Hello again.',
    '',
    '✻ Crunched for 1s · done 12:20 PM',
  ],
  'a shell command of the user': (banner) => ['! tail -1 agent.log', `  ⎿ \u00a0${banner}`],
};

const PROMPTS = ['❯ why did it stop', '❯ explain the limits'];

export interface Imitation {
  readonly name: string;
  readonly screen: Capture;
  readonly text: string;
}

/** Idle Claude screens of some widths whose own text only speaks of limits. */
export function imitations(widths: readonly number[]): readonly Imitation[] {
  const screen = capture('claude/23-idle-manual', false);
  return widths.flatMap((width) =>
    Object.entries(SHOWN).flatMap(([where, shown]) =>
      BANNERS.map((banner, index) => ({
        name: `${where}, ${String(width)} columns: ${banner}`,
        screen,
        text: idleScreen([PROMPTS[index % 2] ?? '', ...gap(where), ...shown(banner)], width),
      })),
    ),
  );
}

function gap(where: string): readonly string[] {
  return where === 'an earlier turn' ? [] : [''];
}

/** An idle screen of 40 rows with these rows as the conversation. */
export function idleScreen(conversation: readonly string[], width: number, footer = FOOTER): string {
  const wrapped = conversation.flatMap((row) => wrap(row, width));
  const head = ['', ' ▐▛███▛█   Claude Code v2.1.330', '', ...wrapped];
  const rule = '─'.repeat(width);
  const box = [rule, '❯\u00a0', rule, ...footer];
  const blanks = Math.max(1, 40 - head.length - box.length);
  return [...head, ...Array.from({ length: blanks }, () => ''), ...box].join('\n');
}

const FOOTER = ['  ⏸ manual mode on · ? for shortcuts'];

/** Broken at spaces and indented as Claude does it. */
function wrap(row: string, width: number): readonly string[] {
  const indent = /^(?: {2}⎿[ \u00a0]+|[●❯✻!] | *(?:[-*] |\d+\. )?)/u.exec(row)?.[0].length ?? 0;
  const rows: string[] = [];
  let rest = row;
  while (rest.length > width) {
    const space = rest.lastIndexOf(' ', width);
    const at = space > indent ? space : width;
    rows.push(rest.slice(0, at));
    rest = ' '.repeat(indent) + rest.slice(at).trimStart();
  }
  return [...rows, rest];
}
