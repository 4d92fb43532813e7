import type { LaunchRequest, LaunchSpec, PreAnswer, PromptText } from '../model/task.ts';
import { type Agent, toldHome, underHome } from './agent-home.ts';
import { type Fillings, filled, slug } from './fill.ts';
import { launchEnv, type LaunchMachine } from './launch-env.ts';
import { launchSettings, SETTINGS_FILE } from './launch-settings.ts';

/** What an agent is called in the file, and all that is known of it. */
export interface NamedAgent extends Agent {
  readonly name: string;
}

/**
 * What to start for a task: command line, environment and files, by the agent's profile. The same request gives the
 * same start. A prompt that the agent takes on no command line is pasted. Throws for an agent without a command:
 * `traitsOf` gives none for it, so that nothing is planned for it.
 */
export function launchOf(
  agent: NamedAgent,
  request: LaunchRequest,
  prompt: PromptText,
  machine: LaunchMachine,
): LaunchSpec {
  const { profile, name } = agent;
  if (profile.command === null) throw new Error(`agent ${name} has no command`);
  const settings = launchSettings(profile, request);
  const pasted = isPasted(agent, request);
  return {
    attempt: request.attempt,
    argv: [...profile.command, ...launchArgs(agent, request, pasted ? null : prompt.argv)],
    env: launchEnv(agent, request, machine, fillingsOf(request)),
    cwd: request.cwd,
    files: { ...profile.launch?.files, ...(settings === null ? {} : { [SETTINGS_FILE]: settings }) },
    preAnswers: request.trusted ? preAnswers(agent, request, machine) : [],
    paste: pasted ? { sentence: prompt.sentence, text: prompt.pasted } : null,
  };
}

function isPasted({ profile }: Agent, { delivery }: LaunchRequest): boolean {
  return delivery === 'paste' || profile.launch?.prompt === undefined;
}

/** The file's own arguments go before ours: what ends the options must stand last. */
function launchArgs(
  { profile, spec }: Agent,
  request: LaunchRequest,
  prompt: string | null,
): readonly string[] {
  const { launch } = profile;
  if (launch === undefined) return spec.args;
  const { model } = request;
  const fillings = { ...fillingsOf(request), ...(prompt === null ? {} : { prompt }) };
  const templates = [
    ...(request.mode === 'resume' ? (launch.resume ?? launch.start) : launch.start),
    ...(model === null ? [] : (launch.model ?? [])),
    ...(launch.settings ?? []),
    ...(request.trusted ? launch.trusted : []),
    ...(prompt === null ? [] : (launch.prompt ?? [])),
  ];
  return [...spec.args, ...templates.map((template) => filled(template, fillings))];
}

/** What the words in braces of a start stand for; the prompt is not among them. */
function fillingsOf({ cwd, conversation, model, runDir, launch }: LaunchRequest): Fillings {
  const folder = `${runDir}/${String(launch)}`;
  return {
    ...(conversation === null ? {} : { conversation }),
    cwd,
    cwdQuoted: JSON.stringify(cwd),
    slug: slug(cwd),
    run: runDir,
    launch: folder,
    settings: `${folder}/${SETTINGS_FILE}`,
    ...(model === null ? {} : { model }),
  };
}

/** Absolute: files that must be there for a start that goes on with a conversation. */
export function neededBy({ profile }: Agent, request: LaunchRequest): readonly string[] {
  if (request.mode === 'start') return [];
  return (profile.launch?.resumeNeeds ?? []).map((path) => filled(path, fillingsOf(request)));
}

function preAnswers(agent: Agent, { home, cwd }: LaunchRequest, { env }: LaunchMachine): PreAnswer[] {
  const told = toldHome(agent, home);
  const userHome = env['HOME'];
  return (agent.profile.firstStart ?? []).flatMap(({ file, fileByDefault, at, value }) => {
    if (told === null && userHome === undefined) return [];
    const path = told === null ? underHome(fileByDefault, userHome ?? '') : filled(file, { home: told });
    return [{ file: path, lock: `${path}.lock`, at: at.map((key) => filled(key, { cwd })), value }];
  });
}
