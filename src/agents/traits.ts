import type { AgentTraits } from '../model/plan-input.ts';
import type { Profile } from './profile.ts';

/** What of a profile a plan needs; null for one without a command: no task can be given to it. */
export function traitsOf(profile: Profile): AgentTraits | null {
  const { command, launch, deliver, registry, hooks, transcript, exitMeansDone } = profile;
  if (command === null) return null;
  const isHanded = launch?.settings !== undefined || Object.keys(launch?.files ?? {}).length > 0;
  const tells = hooks !== undefined && isHanded;
  return {
    delivery: launch?.prompt === undefined ? 'paste' : (deliver ?? 'argv'),
    resumes: launch?.resume !== undefined,
    choosesConversation: transcript?.found !== undefined,
    resumeDelivery: launch?.prompt === undefined ? 'paste' : (launch.resumeDeliver ?? 'argv'),
    resumeAfterMs: (launch?.resumeAfter ?? 0) * 1000,
    resumeShares: launch?.resumeShares ?? [],
    exitMeansDone: exitMeansDone ?? false,
    hasRecords: tells || registry !== undefined || transcript !== undefined,
  };
}
