// Plain JavaScript, so that any Node can read it.

/**
 * glibc gives a freed block back to the system only if it was mapped on its own, and maps fewer of them the larger the
 * blocks that were freed before, up to 32 MB. A comparison makes and drops matrices of that size all the time: with the
 * limit held, it takes an eighth to a quarter less memory, in the same time. One heap for all threads, which are idle most
 * of the time, leaves fewer holes. The C library reads both once, at start.
 */
const limit = { MALLOC_MMAP_THRESHOLD_: '1048576', MALLOC_ARENA_MAX: '1' };

/**
 * MB of each half of V8's young heap, which may grow to 128 MB else, though what is large lies outside of it: a fifth
 * less memory, in the same time.
 */
const young = '--max-semi-space-size=4';

/** Commands that compute with large matrices; the others are as quick as they can be. */
const large = ['report', 'reproduce', 'evaluate', 'train', 'import', 'describe'];
/** Of these, the ones that do little else; a reader of files is quicker with a large young heap. */
const fitting = ['report', 'reproduce', 'evaluate', 'train'];

/** Another Node that runs in the place of this one: its flags and its environment. What the user set stays. */
export function lessMemory({ env, execArgv, argv }) {
  const own = [...execArgv, env.NODE_OPTIONS ?? ''].some((flag) => flag.includes('semi-space-size'));
  const flags = own || !fitting.includes(argv[2]) ? [] : [young];
  return { flags: [...execArgv, ...flags], env: { ...limit, ...env } };
}

/** Starts this program again in the same process with less memory, where the system is of that kind and Node can. */
export function restartWithLess(process) {
  const { platform, env, execPath, argv, execve } = process;
  const [name] = Object.keys(limit);
  if (platform !== 'linux' || env[name] !== undefined || execve === undefined) return;
  if (!large.includes(argv[2])) return;
  const less = lessMemory(process);
  try {
    execve(execPath, [execPath, ...less.flags, ...argv.slice(1)], less.env);
  } catch {
    // It only takes more memory.
  }
}
