import type { HostWriter } from '../../../src/model/host.ts';
import { hostOn } from './host.ts';
import type { World } from './world.ts';

export interface LiveHost {
  readonly host: HostWriter;
  world: World;
}

/** A host on a world in which every call is carried out at once, and the world as it then is. */
export function liveHost(start: World): LiveHost {
  const live: LiveHost = {
    world: start,
    host: hostOn(
      (call) => {
        const [world, answer] = call.run(live.world);
        live.world = world;
        return Promise.resolve(answer);
      },
      { now: () => live.world.now, nonce: () => '0123456789abcdef'.repeat(2), runsDir: '/r' },
    ),
  };
  return live;
}
