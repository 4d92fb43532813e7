import type { PermissionMode } from '../command-line.ts';
import { EMPTY_BOX } from '../input/box.ts';
import type { Box } from '../input/box.ts';
import type { Menu } from './menu.ts';

/** All that the screen shows; whoever changes it asks for a redraw. */
export interface View {
  readonly banner: { readonly model: string; readonly billing: string; readonly cwd: string };
  readonly mode: PermissionMode;
  entries: Entry[];
  activity: Activity | null;
  menu: Menu | null;
  box: Box;
  /** Suggested in the empty box. */
  ghost: string | null;
  /** Prompts that wait for the end of the turn, as they are shown. */
  queued: string[];
  /** The clock words of a reset at which it goes on by itself. */
  armed: string | null;
  /** The key that must be pressed once more to leave. */
  pressAgain: string | null;
  statusLine: string | null;
  /** The row above the input box. */
  hint: string | null;
  title: string;
}

/** One thing of the conversation. */
export type Entry =
  | { readonly type: 'user'; readonly text: string }
  | { readonly type: 'answer'; readonly text: string }
  | { readonly type: 'queued' }
  /** Directly under what stands before it, behind `⎿`. */
  | { readonly type: 'notice'; readonly text: string; readonly tone: 'error' | 'quiet' }
  | { readonly type: 'api-error'; readonly text: string }
  | { readonly type: 'info'; readonly text: string }
  | { readonly type: 'tool'; readonly title: string; readonly command: string }
  | { readonly type: 'write'; readonly path: string }
  | { readonly type: 'done'; readonly text: string }
  | { readonly type: 'finished'; readonly verb: string; readonly took: string; readonly at: string };

export type Activity =
  | { readonly type: 'working'; readonly verb: string; readonly glyph: string; readonly seconds: number }
  | { readonly type: 'retrying'; readonly what: string; readonly seconds: number; readonly attempt: number }
  | { readonly type: 'background'; readonly count: number };

/** The view of an agent that has just started. */
export function emptyView(banner: View['banner'], mode: PermissionMode): View {
  return {
    banner,
    mode,
    entries: [],
    activity: null,
    menu: null,
    box: EMPTY_BOX,
    ghost: null,
    queued: [],
    armed: null,
    pressAgain: null,
    statusLine: null,
    hint: '◐ medium · /effort',
    title: '',
  };
}
