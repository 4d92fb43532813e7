import { describe, expect, it } from 'vitest';
import { bell } from '../../src/loop/wake.ts';

describe('the bell', () => {
  it('wakes at once for what rang before anybody waited, and once for many rings', async () => {
    const rung = bell();
    rung.ring('file');
    rung.ring('tmux');
    expect(await rung.wait(60_000)).toBe('file');
    expect(await rung.wait(1)).toBe('tick');
  });

  it('wakes who waits', async () => {
    const rung = bell();
    const woken = rung.wait(60_000);
    rung.ring('SIGHUP');
    expect(await woken).toBe('SIGHUP');
    expect(await rung.wait(1)).toBe('tick');
  });

  it('ticks, also after a wait that is too long for a timer or already over', async () => {
    const rung = bell();
    expect(await rung.wait(-5)).toBe('tick');
    const long = rung.wait(2 ** 40);
    const first = await Promise.race([
      long,
      new Promise((resolve) => setTimeout(resolve, 30, 'still waiting')),
    ]);
    expect(first).toBe('still waiting');
    rung.ring('end');
    expect(await long).toBe('end');
  });
});
