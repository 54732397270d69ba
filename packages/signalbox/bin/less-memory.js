// Plain JavaScript, so that any Node can read it.

/**
 * glibc gives a freed block back to the system only if it was mapped on its own, and maps fewer of them the larger the
 * blocks that were freed before, up to 32 MB. A comparison makes and drops matrices of that size all the time: with the
 * limit held, it takes an eighth to a quarter less memory, in the same time. One heap for all threads, which are idle most
 * of the time, leaves fewer holes. The C library reads both once, at start.
 */
const limit = { MALLOC_MMAP_THRESHOLD_: '131072', MALLOC_ARENA_MAX: '1' };

/** Commands that compute with large matrices; the others are as quick as they can be. */
const large = ['report', 'reproduce', 'evaluate', 'train', 'import', 'describe'];

/** The environment of another Node that runs in the place of this one. Limits of the user's own stay. */
export function withLess(env) {
  return { ...limit, ...env };
}

/** Starts this program again in the same process with less memory, where the system is of that kind and Node can. */
export function restartWithLess({ platform, env, execPath, execArgv, argv, execve }) {
  const [name] = Object.keys(limit);
  if (platform !== 'linux' || env[name] !== undefined || execve === undefined) return;
  if (!large.includes(argv[2])) return;
  try {
    execve(execPath, [execPath, ...execArgv, ...argv.slice(1)], withLess(env));
  } catch {
    // It only takes more memory.
  }
}
