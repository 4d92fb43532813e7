import type { ProfileWord } from '../model/agents.ts';

/** What the words in braces stand for; one that is missing here stays as it is written. */
export type Fillings = Readonly<Partial<Record<ProfileWord, string>>>;

/** A text of a profile with its words in braces filled in; what is filled in is not looked at again. */
export function filled(template: string, fillings: Fillings): string {
  return template.replaceAll(/\{([A-Za-z]+)\}/g, (whole, word: string) =>
    isFilled(word, fillings) ? (fillings[word] ?? whole) : whole,
  );
}

function isFilled(word: string, fillings: Fillings): word is ProfileWord {
  return Object.hasOwn(fillings, word);
}

/** A folder as a name: every character but ASCII letters and digits is `-` (`/x/res.u_me` is `-x-res-u-me`). */
export function slug(folder: string): string {
  return folder.replaceAll(/[^A-Za-z0-9]/g, '-');
}
