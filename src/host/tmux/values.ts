// Values that may reach tmux. Each throws a TypeError where one must not: that is a bug of the caller.

/** A target by session id; a session named by anything else is not sent. */
export function sessionId(id: string): string {
  return checked(/^\$\d{1,10}$/, id, 'session id');
}

/** A pane by its id; nothing else is sent. */
export function paneId(id: string): string {
  return checked(/^%\d{1,10}$/, id, 'pane id');
}

/** One word of tmux's language: nothing in it is expanded. Throws on control characters. */
export function quote(text: string): string {
  // A newline ends a command even inside quotes on some versions, and no value of ours has one.
  if (/\p{Cc}/u.test(text) || !text.isWellFormed())
    throw new TypeError('control character in a tmux command');
  return `'${text.replaceAll("'", "'\\''")}'`;
}

const CONSTANT_FORMATS: readonly string[] = ['#{pane_id}', '#{pane_pid}'];

/** A format that tmux may expand: one of ours, which hold nothing of others. */
export function constantFormat(text: string): string {
  if (!CONSTANT_FORMATS.includes(text)) throw new TypeError('not one of our constant tmux formats');
  return text;
}

/** A command line that no shell parses. */
export function program(argv: readonly string[]): readonly string[] {
  // One element would be parsed by a shell.
  if (argv.length < 2 || argv[0] === '') throw new TypeError('a tmux program needs at least two words');
  return argv;
}

/** A path to a folder or file: tmux expands formats in both. */
export function absolute(path: string): string {
  if (!path.startsWith('/') || path.includes('#')) throw new TypeError('tmux path not absolute, or with a #');
  return path;
}

const MOST_TYPED_BYTES = 2048;

/** More than one row would be submitted in pieces; line and paragraph separators count as rows to some programs. */
export function typed(text: string): string {
  if (text === '' || /[\p{Cc}\p{Zl}\p{Zp}]/u.test(text) || Buffer.byteLength(text) > MOST_TYPED_BYTES)
    throw new TypeError(
      'text to be typed is empty, longer than 2 kB, or not one row of printable characters',
    );
  return text;
}

/** Buffers are the whole server's, so ours have names that nobody else uses. */
export function bufferName(name: string): string {
  return checked(/^rollcall-[A-Za-z0-9_-]{1,64}$/, name, 'buffer name');
}

/** A name that is the same for tmux, a shell and a format. */
export function sessionName(name: string): string {
  return checked(/^[A-Za-z0-9_-]{1,64}$/, name, 'session name');
}

/** A shell's program name. */
export function shellName(name: string): string {
  return checked(/^[a-z]{2,8}$/, name, 'shell name');
}

/** An option that we set. */
export function option(name: string): string {
  return checked(/^(?:@rollcall_[a-z_]+|remain-on-exit|destroy-unattached)$/, name, 'option');
}

/** An option that only we use. */
export function ownOption(name: string): string {
  return checked(/^@rollcall_[a-z_]+$/, name, 'option of ours');
}

/** A value of an option of ours; it means the same to tmux's parser, to a format and in quotes. */
export function optionValue(text: string): string {
  return checked(/^[A-Za-z0-9_.:%$/-]{0,256}$/, text, 'option value');
}

/** A fleet, as its mark. */
export function ownerName(text: string): string {
  return checked(/^[A-Za-z0-9_.:-]{1,256}$/, text, 'owner');
}

/** A random word to be printed back. */
export function token(text: string): string {
  return checked(/^[A-Za-z0-9]{16,80}$/, text, 'token');
}

/** A whole number that is not negative. */
export function whole(value: number): string {
  return checked(/^\d{1,16}$/, String(value), 'number');
}

function checked(pattern: RegExp, text: string, what: string): string {
  // `$` alone would let a trailing newline through in some engines; not in this one, but the check is cheap.
  if (!pattern.test(text) || text.includes('\n'))
    throw new TypeError(`tmux ${what} refused: ${JSON.stringify(text)}`);
  return text;
}
