import { basename, relative } from 'node:path';
import type { WaitingFor } from '../records/registry.ts';
import type { Step } from '../scenario/scenario.ts';
import type { Menu } from '../screen/menu.ts';
import { hook } from '../session.ts';
import type { StepEnd } from './steps.ts';
import type { Turn } from './run-turn.ts';

/** The notification comes some seconds after the question itself. */
const NOTICE_MS = 6000;

/** Asks whether a tool may be used; nothing is used, only asked. */
export async function askPermission(
  turn: Turn,
  { tool, subject, description }: Extract<Step, { readonly type: 'permission' }>,
): Promise<StepEnd | null> {
  const { ui, transcript } = turn.session;
  const bash = tool === 'Bash';
  const input = bash ? { command: subject, description } : { file_path: subject, content: 'hello\n' };
  const id = transcript.toolUse(tool, input);
  ui.view.entries.push(
    bash ? { type: 'tool', title: description, command: subject } : { type: 'write', path: subject },
  );
  const menu = bash ? bashMenu(subject, description, turn.session.cwd) : writeMenu(subject, turn.session.cwd);
  const answer = await ask(turn, menu, 'permission prompt', { tool_name: tool, tool_input: input });
  const last = menu.options.length - 1;
  if (answer !== null && answer < last) {
    transcript.toolResult(id, '(Bash completed with no output)', false);
    if (bash) ui.view.entries.splice(-1, 1, { type: 'done', text: 'Ran 1 shell command' });
    return null;
  }
  transcript.toolResult(id, "The user doesn't want to proceed with this tool use.", true);
  const words = bash ? 'Rejected command' : `Rejected write to ${subject}`;
  ui.view.entries.push({ type: 'notice', text: words, tone: 'quiet' });
  return { type: 'rejected' };
}

/** Asks one of the user's choices. */
export async function askQuestion(
  turn: Turn,
  { header, question, options }: Extract<Step, { readonly type: 'question' }>,
): Promise<StepEnd | null> {
  const { transcript } = turn.session;
  const input = { questions: [{ question, header, options, multiSelect: false }] };
  const id = transcript.toolUse('AskUserQuestion', input);
  const menu: Menu = { dialog: 'question', lines: [header, question], options, selected: 0 };
  const answer = await ask(turn, menu, 'input needed', { tool_name: 'AskUserQuestion', tool_input: input });
  const label = answer === null ? undefined : options[answer]?.label;
  transcript.toolResult(id, label ?? "The user doesn't want to answer.", label === undefined);
  return label === undefined ? { type: 'rejected' } : null;
}

async function ask(
  turn: Turn,
  menu: Menu,
  waitingFor: WaitingFor,
  tool: Readonly<Record<string, unknown>>,
): Promise<number | null> {
  const { session, prompt, signal } = turn;
  const told = { prompt_id: prompt.id, permission_mode: session.options.mode, ...tool };
  await hook(session, 'PreToolUse', told);
  session.registry.set('waiting', waitingFor);
  const over = new AbortController();
  const dismiss = (): void => session.ui.dismiss();
  signal.addEventListener('abort', dismiss);
  const asked = session.ui.ask(menu);
  void hook(session, 'PermissionRequest', { ...told, permission_suggestions: [] });
  void session.clock.sleep(NOTICE_MS, over.signal).then((whole) => {
    const message = 'Claude needs your permission';
    return whole ? hook(session, 'Notification', { message, notification_type: 'permission_prompt' }) : null;
  });
  const answer = await asked;
  over.abort();
  signal.removeEventListener('abort', dismiss);
  session.ledger({ event: 'dialog', dialog: menu.dialog, answer });
  session.registry.set('busy');
  return answer;
}

function bashMenu(command: string, description: string, cwd: string): Menu {
  return {
    dialog: 'permission-bash',
    lines: [command, description],
    selected: 0,
    options: [
      { label: 'Yes' },
      { label: `Yes, and always allow access to ${cwd} from this project` },
      { label: 'Yes, and switch to auto mode · auto mode handles these prompts for you' },
      { label: 'No' },
    ],
  };
}

function writeMenu(path: string, cwd: string): Menu {
  return {
    dialog: 'permission-write',
    lines: [relative(cwd, path), basename(path)],
    selected: 0,
    options: [
      { label: 'Yes' },
      { label: 'Yes, and switch to accept edits (auto-approve file edits) for this session (shift+tab)' },
      { label: 'No' },
    ],
  };
}
