import type { DedicatedAgent, StoppedNote } from '../model/dedicated-agent.ts';
import type { PlanInput } from '../model/plan-input.ts';
import type { ActionOf, ResumableDedicated } from '../model/plan.ts';
import type { Claims } from './guard-broken.ts';
import { broken } from './guard-broken.ts';
import { notSuspended } from './guard-sessions.ts';

/** An operator's agent is ended only where the file asks for it, a limit is known, and it is not at work. */
export function stopsOnlyResumable(action: ActionOf<'dedicated.stop'>, input: PlanInput): readonly string[] {
  const { session, note } = action.effect;
  const all = input.observed.operators[session.name] ?? [];
  const [agent] = all;
  return broken(`dedicated.stop of ${session.name} (pid ${String(note.pid)})`, [
    ...isResumable(action, input),
    [all.length === 1 && agent !== undefined, 'not just one agent was seen in it'],
    ...(agent === undefined ? [] : [...isAsNoted(agent, note), ...rests(agent)]),
    [isExhausted(note.from, input), `${note.from} is not known to have no quota`],
    [note.at === input.observed.at && note.resumedAt === null, 'what is noted is not of this look'],
    [action.disrupts, 'it is said wrongly that it disrupts nothing'],
  ]);
}

/** It goes on only when it has ended by our signal, once, alone, and where nothing was typed. */
export function resumesOnlyStopped(
  action: ActionOf<'dedicated.resume'>,
  input: PlanInput,
): readonly string[] {
  const { session, note, home, account, prompt } = action.effect;
  const stopped = input.observed.stopped[session.name];
  const there = sessionOf(session, input);
  const dead = there?.panes[session.pane]?.dead;
  const real = input.observed.directories[input.desired.accounts[account]?.home ?? ''];
  const seen = stopped?.prompt ?? null;
  return broken(`dedicated.resume in ${session.name}`, [
    ...isResumable(action, input),
    [stopped !== undefined && isSameNote(stopped.note, note), 'it is not what was noted'],
    [note.via === 'pane' || stopped?.note.resumedAt === null, 'it was typed before'],
    [stopped?.alive === false, 'what was told to end lives'],
    [!liveConversations(input).includes(note.conversation), 'its conversation is live'],
    [(there?.typedAt ?? 0) < note.at, 'somebody typed since'],
    [
      real?.ok === true && real.value.type === 'present' && real.value.real === home,
      'its home is another one',
    ],
    [input.desired.accounts[account]?.agent === note.agent, 'the account is of another agent'],
    note.via === 'pane'
      ? [dead === true && prompt === null, 'its pane is not what it left behind']
      : [
          dead === false && seen !== null && prompt !== null && seen.x === prompt.x && seen.y === prompt.y,
          'its shell does not wait with an empty line',
        ],
  ]);
}

function isResumable(
  { effect, target }: ActionOf<'dedicated.stop'> | ActionOf<'dedicated.resume'>,
  input: PlanInput,
): Claims {
  const { session, note, folder } = effect;
  const { tmux, at } = input.observed;
  if (!tmux.ok || tmux.value.type !== 'up') return [[false, 'no server was read']];
  const { incarnation } = tmux.value;
  const there = sessionOf(session, input);
  const pane = there?.panes[session.pane];
  return [
    ...notSuspended(input, [`session/${session.name}`]),
    [input.desired.dedicated[session.name]?.onSwap === 'resume', 'the file does not ask for it'],
    [target === `session/${session.name}` && note.session === session.name, 'the target is another one'],
    [session.incarnation.pid === incarnation.pid, 'another server'],
    [session.incarnation.startTime === incarnation.startTime, 'another life of the server'],
    [there?.name === session.name, 'the name is another one'],
    [(there?.stamp?.owner ?? '') === session.owner, 'it belongs to another one'],
    [pane?.pid === session.panePid && note.panePid === session.panePid, 'its process is another one'],
    [note.pane === session.pane, 'it was in another pane'],
    [pane?.inMode === false && !pane.inputOdd, 'somebody reads in it'],
    [there?.typedAt == null || there.typedAt + 60_000 <= at, 'somebody types in it'],
    [/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(note.conversation), 'its conversation is no UUID'],
    [
      folder === `${input.runsDir.slice(0, input.runsDir.lastIndexOf('/'))}/dedicated`,
      'it is noted elsewhere',
    ],
  ];
}

function sessionOf(session: ResumableDedicated, { observed: { tmux } }: PlanInput) {
  return tmux.ok && tmux.value.type === 'up' ? tmux.value.sessions[session.id] : undefined;
}

function isAsNoted(agent: DedicatedAgent, note: StoppedNote): Claims {
  return [
    [agent.pid === note.pid && agent.start === note.start && note.pid > 1, 'it is another process'],
    [agent.pane === note.pane && agent.panePid === note.panePid, 'it is in another pane'],
    [agent.conversation === note.conversation, 'it is another conversation'],
    [agent.account === note.from && agent.agent === note.agent, 'it runs under another account'],
    [agent.place.type === note.via, 'it was started in another way'],
    [agent.place.type !== 'pane' || agent.place.stays, 'its pane would go with it'],
  ];
}

const LASTING = [
  'session',
  'agent',
  'pid',
  'start',
  'pane',
  'panePid',
  'via',
  'conversation',
  'from',
  'cwd',
  'homeVariable',
  'at',
] as const;

function isSameNote(one: StoppedNote, other: StoppedNote): boolean {
  return LASTING.every((key) => one[key] === other[key]);
}

/** Not in its turn, and asking nothing but what to do about the limit. */
function rests({ facts: { registry, transcript, screen } }: DedicatedAgent): Claims {
  const limited = transcript?.turn === 'failed' && transcript.error === 'quota';
  const menu = limited && screen?.verdict.dialog === 'limit-menu';
  return [
    [transcript?.turn === 'ended' || limited, 'its turn is not over'],
    [registry?.status === 'idle' || (menu && registry?.status === 'waiting'), 'it is not idle'],
    [menu || (screen?.box?.text === '' && !screen.box.pasted), 'its input box is not empty'],
    [menu || screen?.verdict.dialog === null, 'it asks something'],
  ];
}

function isExhausted(account: string, { exhaustedUntil, observed }: PlanInput): boolean {
  const until = exhaustedUntil.ok ? (exhaustedUntil.value[account] ?? null) : null;
  return until !== null && until > observed.at;
}

function liveConversations({ observed }: PlanInput): readonly string[] {
  const theirs = Object.values(observed.operators).flat();
  const ours = Object.values(observed.runs);
  return [
    ...theirs.flatMap(({ conversation }) => conversation ?? []),
    ...ours.flatMap(({ record }) => (record.ok ? (record.value?.conversation ?? []) : [])),
  ];
}
