/**
 * Foreign text fit for a message: one line of at most `most` characters in which nothing acts. Control and invisible
 * characters are gone, an address is not one any more (nothing to tap on in a name that somebody else chose), and what
 * begins like a mention or a bot's command does not begin so.
 */
export function plain(text: string, most = 300): string {
  const line = text
    .normalize('NFC')
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .replaceAll(/[\p{Cf}\p{Co}\p{Cs}]/gu, '')
    .replaceAll(/\b(\w{1,20}):\/\//g, '$1: //')
    .replaceAll(/\bwww\./gi, 'www .')
    .replaceAll(/(^|\s)@(?=\w)/g, '$1(at)')
    .replaceAll('<', '‹')
    .replaceAll('>', '›')
    .trim();
  const letters = Array.from(line);
  return letters.length <= most ? line : `${letters.slice(0, most - 1).join('')}…`;
}
