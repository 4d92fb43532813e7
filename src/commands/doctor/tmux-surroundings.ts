import type { DesiredState } from '../../model/desired.ts';
import { type Check, fail, ok, warn } from '../../model/doctor.ts';
import { namesSecret } from '../../model/secret-shapes.ts';
import { secretsIn } from '../secrets-of-fleet.ts';
import { shellQuoted } from '../shell-quote.ts';
import type { TmuxFacts } from './tmux.ts';

const AT = 'tmux';

/** Who may use the server, and what everything in it gets from it. */
export function surroundings(facts: TmuxFacts, desired: DesiredState): readonly Check[] {
  return [access(facts), environment(facts, desired), confined(facts), oom(facts)];
}

function access({ access: found, socket }: TmuxFacts): Check {
  const id = 'tmux-access';
  if (found === null) return ok(id, AT, 'not applicable: this tmux does not tell who was let in');
  const [first] = found.others;
  if (first === undefined) return ok(id, AT, 'nobody else was let in');
  return fail(id, AT, {
    found: `${found.others.join(', ')} may use the server, too`,
    detail: 'Whoever types into a session runs programs as you.',
    help: `tmux -S ${shellQuoted(socket)} server-access -d ${shellQuoted(first)}`,
  });
}

/** Secrets that a shell happened to have when the first session was made are in every session since. */
function environment({ access: found, socket }: TmuxFacts, desired: DesiredState): Check {
  const id = 'tmux-environment';
  const channels = Object.values(desired.notify.channels)
    .flatMap(secretsIn)
    .flatMap((value) => (typeof value !== 'string' && value.type === 'env' ? [value.name] : []));
  const [first, ...more] = (found?.variables ?? []).filter(
    (name) => namesSecret(name) || channels.includes(name),
  );
  if (first === undefined) return ok(id, AT, 'its sessions inherit no variable that is called like a secret');
  return warn(id, AT, {
    found: `every session inherits ${first}${more.length === 0 ? '' : `, and ${String(more.length)} more such`}`,
    detail:
      'What was in the environment of the shell that started the server. Agents of ours are started without it.',
    help: `tmux -S ${shellQuoted(socket)} set-environment -gu ${first}`,
  });
}

function confined({ noNewPrivileges, seesOurs }: TmuxFacts): Check {
  const id = 'tmux-confined';
  const help = 'hardening belongs into the unit of the loop, not of tmux: rollcall unit';
  if (noNewPrivileges === true)
    return warn(id, AT, {
      found: 'the server has no way to new privileges (NoNewPrivileges=)',
      detail: 'Every agent inherits it: sudo and the sandboxes of some agents do not work there.',
      help,
    });
  if (seesOurs === false)
    return warn(id, AT, {
      found: 'the server sees other mounts than you do',
      detail:
        'With PrivateTmp=, ProtectHome= or ProtectSystem= in its unit, agents see other folders than you.',
      help,
    });
  if (noNewPrivileges === null && seesOurs === null)
    return ok(id, AT, 'not applicable: what the server may do cannot be told');
  return ok(id, AT, 'what runs in it may do what you may');
}

function oom({ diesTogether }: TmuxFacts): Check {
  const id = 'tmux-oom';
  if (diesTogether === null) return ok(id, AT, 'not applicable: its control group does not tell');
  if (!diesTogether) return ok(id, AT, 'one process that grows too large does not end the others');
  return warn(id, AT, {
    found: 'one process that grows too large ends the server and all sessions',
    detail: 'Its control group is killed as a whole when memory runs out.',
    help: 'OOMPolicy=continue in the unit of tmux: rollcall unit',
  });
}
