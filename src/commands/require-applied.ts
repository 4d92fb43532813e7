import type { ActResult } from '../model/host.ts';
import { EXIT } from '../model/words.ts';
import { Stop } from './stop.ts';

/** Ends the verb where a guarded step on session `name` was not carried out. */
export function requireApplied(result: ActResult, name: string): void {
  switch (result.type) {
    case 'applied':
      return;
    case 'refused':
      throw new Stop(EXIT.refused, `${name} changed while it was looked at, and was left alone: try again`);
    case 'failed':
      throw new Stop(EXIT.failed, `tmux said: ${result.text}`);
    case 'unknown':
      throw new Stop(
        EXIT.failed,
        `${result.text}: whether it was done is not known; \`rollcall why session/${name}\` tells`,
      );
  }
}
