import type { Explanation } from '../model/explanation.ts';

/** One rule or fact, with the line of the file that asks for it where one does. */
export type Fact = Explanation['because'][number];

/** What a thing is now, and what makes it so. */
export type About = Pick<Explanation, 'is' | 'because'>;
