import { createRequire } from 'node:module';

/** The published version, from package.json beside `src` or `dist`. */
export const version: string = (createRequire(import.meta.url)('../package.json') as { version: string })
  .version;
