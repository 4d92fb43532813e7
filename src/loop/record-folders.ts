import { join } from 'node:path';
import { agentHome } from '../agents/agent-home.ts';
import { conversationFolders } from '../agents/found-conversation.ts';
import type { Place } from './look.ts';
import type { RecordFolders } from './task-folders.ts';

/** Where the agent of an attempt registers what it does, and where it keeps the conversation that has to be found. */
export function recordFoldersOf({
  agentOf,
  desired,
  userHome,
}: Pick<Place, 'agentOf' | 'desired' | 'userHome'>): RecordFolders {
  return ({ agent: name, account, startedAt }) => {
    const agent = agentOf(name);
    const own = account === null ? null : desired.accounts[account]?.home;
    const home = agent === null || own === undefined ? null : agentHome(agent, own, userHome);
    if (agent === null || home === null) return [];
    const { sessions } = agent.profile;
    // The default home is everybody's: what others register there is no news of ours.
    const registry = sessions === undefined || account === null ? [] : [join(home, sessions)];
    return [...registry, ...conversationFolders(agent.profile, home, startedAt)];
  };
}
