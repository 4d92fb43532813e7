// Kept while others move to read.ts.
export { readDesired, readDesiredBytes } from './read.ts';
