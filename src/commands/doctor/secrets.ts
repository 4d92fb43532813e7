import { pathFacts } from '../../host/doctor/path-facts.ts';
import type { DesiredState, Secret } from '../../model/desired.ts';
import { type Check, fail, ok, warn } from '../../model/doctor.ts';
import { secretsIn } from '../secrets-of-fleet.ts';
import { shellQuoted } from '../shell-quote.ts';

/** Whether each secret that the file names is there. Looks for names, never at a value. */
export function secretChecks(
  desired: DesiredState,
  environment: Readonly<Record<string, string | undefined>>,
  whose: string,
): readonly Check[] {
  return secretsOf(desired).map(({ at, secret }) =>
    secret.type === 'env' ? variable(at, secret.name, environment, whose) : file(at, secret.path),
  );
}

interface Used {
  readonly at: string;
  readonly secret: Secret;
}

function secretsOf({ agents, notify }: DesiredState): readonly Used[] {
  return [
    ...Object.entries(agents).flatMap(([name, { env }]) => among(`agent/${name}`, Object.values(env))),
    ...Object.entries(notify.channels).flatMap(([name, channel]) =>
      among(`channel/${name}`, secretsIn(channel)),
    ),
  ];
}

function among(at: string, values: readonly (string | Secret)[]): readonly Used[] {
  return values.flatMap((secret) => (typeof secret === 'string' ? [] : [{ at, secret }]));
}

function variable(
  at: string,
  name: string,
  environment: Readonly<Record<string, string | undefined>>,
  whose: string,
): Check {
  if ((environment[name] ?? '') !== '') return ok('secret', at, `${name} is in the environment of ${whose}`);
  return warn('secret', at, {
    found: `${name} is not in the environment of ${whose}`,
    detail: 'What needs it stays off.',
    help: `export ${name}=…, or its line in the unit's EnvironmentFile`,
  });
}

function file(at: string, path: string): Check {
  const found = pathFacts(path);
  if (found === null || typeof found === 'string')
    return warn('secret', at, {
      found: found === null ? `${path} does not exist` : `${path} cannot be looked at: ${found}`,
      detail: 'What needs it stays off.',
      help: `install -m 600 /dev/null ${shellQuoted(path)}`,
    });
  if (found.type !== 'file')
    return fail('secret', at, {
      found: `${path} is not a regular file`,
      detail: 'A secret is read from a regular file only.',
      help: `ls -ld ${shellQuoted(path)}`,
    });
  if ((found.mode & 0o177) === 0) return ok('secret', at, `${path} is there, mode ${found.mode.toString(8)}`);
  return fail('secret', at, {
    found: `${path} has mode ${found.mode.toString(8)}, not 600`,
    detail: 'A secret is for you alone.',
    help: `chmod 600 ${shellQuoted(path)}`,
  });
}
