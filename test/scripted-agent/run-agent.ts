import { join } from 'node:path';
import { openClock } from './clock.ts';
import type { Options } from './command-line.ts';
import type { Ledger } from './ledger.ts';
import { acceptDialog, DECLINED, firstStartMenu, openDialogs } from './records/first-start.ts';
import { slugOf } from './records/home.ts';
import type { Home } from './records/home.ts';
import { openRegistry } from './records/registry.ts';
import { recall } from './records/recall.ts';
import type { Settings } from './records/settings.ts';
import { openTranscript, readTranscript } from './records/transcript.ts';
import { ruleChooser } from './scenario/choose.ts';
import type { Scenario } from './scenario/scenario.ts';
import { emptyView } from './screen/view.ts';
import { hook, modelOf, refreshStatusLine } from './session.ts';
import type { Session } from './session.ts';
import { leaver } from './leave.ts';
import { listenToSignals } from './signals.ts';
import { openTurns } from './turn/turns.ts';
import type { Turns } from './turn/turns.ts';
import { runShellLine } from './shell-line.ts';
import { openUi } from './ui.ts';
import type { Ui } from './ui.ts';

export interface Start {
  readonly id: string;
  readonly cwd: string;
  readonly home: Home;
  readonly options: Options;
  /** The transcript that is resumed, or null. */
  readonly found: string | null;
  readonly ledger: Ledger;
  readonly scenario: Scenario;
  readonly settings: Settings;
}

/** From a checked command line to the prompt; then it lives by its keyboard, its timers and its signals. */
export async function runAgent(start: Start): Promise<void> {
  const { options, scenario } = start;
  const session = sessionOf(start);
  await session.clock.sleep(scenario.start.readyMs);
  if (!(await answered(session))) return;
  const { ui } = session;
  session.registry.set('idle');
  ui.view.title = '✳ Claude Code';
  ui.up();
  session.ledger({ event: 'ready' });
  void refreshStatusLine(session);
  await hook(session, 'SessionStart', {
    source: session.resumed ? 'resume' : 'startup',
    model: session.model.id,
  });
  if (options.prompt === null) return;
  // `/word` is a command there too; `!` is text (facts).
  const command = /^\/[^/\s]*(?=\s|$)/.exec(options.prompt)?.[0];
  if (command === undefined) turnsOf(session).submit(options.prompt, 'argv');
  else unknownCommand(ui, command);
}

const TURNS = new WeakMap<Session, Turns>();

function turnsOf(session: Session): Turns {
  const turns = TURNS.get(session) ?? openTurns(session);
  TURNS.set(session, turns);
  return turns;
}

function sessionOf(start: Start): Session {
  const { id, cwd, home, options, found, ledger, scenario, settings } = start;
  const model = modelOf(options.model);
  const past = recall(found === null ? [] : readTranscript(found));
  const path = found ?? join(home.projects, slugOf(cwd), `${id}.jsonl`);
  const billing = process.env['ANTHROPIC_API_KEY'] === undefined ? 'Claude API' : 'API Usage Billing';
  const view = emptyView({ model: model.display_name, billing, cwd }, options.mode);
  view.entries = [...past.entries];
  const ui = openUi(view, scenario.input, ledger, {
    submit: (box) => turnsOf(session).submitBox(box),
    interrupt: () => turnsOf(session).interrupt(),
    disarm: () => {
      const armed = view.armed !== null;
      view.armed = null;
      return armed;
    },
    leave: () => session.leave(0, 'prompt_input_exit'),
    rewind: () => void rewind(session),
    shell: (line) => void runShellLine(session, line),
    unknownCommand: (word) => unknownCommand(ui, word),
    gone: () => {
      // The hang-up that goes with it comes first, or is ignored by the script.
      if (!scenario.ignoreSignals.includes('SIGHUP')) setTimeout(() => session.leave(129, 'other'), 200);
    },
  });
  const registry = openRegistry(home, id, cwd);
  const facts = { sessionId: id, cwd, model: model.id, mode: options.mode };
  const transcript = openTranscript(path, facts, past.leaf);
  const session: Session = {
    id,
    cwd,
    home,
    options,
    model,
    scenario,
    settings,
    ledger,
    registry,
    transcript,
    ui,
    clock: openClock(process.env['SCRIPTED_AGENT_SPEED']),
    choose: ruleChooser(scenario.rules),
    resumed: found !== null,
    turns: past.turns,
    ownTurns: 0,
    limits: null,
    promptId: null,
    leave: (code, reason) => leave(code, reason),
  };
  const leave = leaver(session);
  listenToSignals(session);
  return session;
}

/** The first-start dialogs, one after the other; false: one was declined, and the process ends. */
async function answered({ scenario, home, cwd, settings, options, ui, ledger }: Session): Promise<boolean> {
  for (const dialog of openDialogs(scenario.start.dialogs, home, cwd, settings, options)) {
    const answer = await ui.ask(firstStartMenu(dialog, cwd));
    ledger({ event: 'dialog', dialog, answer });
    if (acceptDialog(dialog, answer, home, cwd)) continue;
    ui.end(DECLINED[dialog]);
    ledger({ event: 'exit', code: 1, signal: null, orderly: true });
    process.exit(1);
  }
  return true;
}

async function rewind({ ui, registry }: Session): Promise<void> {
  registry.set('waiting', 'dialog open');
  await ui.ask({ dialog: 'overlay', lines: ['Rewind'], options: [{ label: '(current)' }], selected: 0 });
  registry.set('idle');
}

function unknownCommand(ui: Ui, word: string): void {
  ui.view.entries.push({ type: 'info', text: `Unknown command: ${word}` });
  ui.redraw();
}
