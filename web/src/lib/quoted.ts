/** Names in text that is copied elsewhere: projects are called as people like, and a reader takes the name for nothing else. Pure. */

const PLAIN = /^[\w@%+=:,./-]+$/;

/** A word of a command, as a shell reads it. */
export const shellWord = (word: string): string =>
  PLAIN.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

/** As a line of Python has it. */
export const pythonText = (text: string): string => JSON.stringify(text);
