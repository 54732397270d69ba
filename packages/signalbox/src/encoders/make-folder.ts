import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes the folder, and those that it lies in where they are missing. By steps, since mkdir's `recursive` never returns
 * where a folder that is there says ENOENT of what is made in it, as /proc does (Node 20 to 24).
 * @throws NodeJS.ErrnoException of the folder that could not be made
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const parent = dirname(path);
    if (code === 'ENOENT' && parent !== path) {
      await makeFolder(parent);
      await mkdir(path).catch(unlessThere(path));
    } else await unlessThere(path)(cause);
  }
}

/** Nothing, where the folder is there by now, by whoever made it. */
function unlessThere(path: string): (cause: unknown) => Promise<void> {
  return async (cause) => {
    const there = await stat(path).catch(() => undefined);
    if (!there?.isDirectory()) throw cause;
  };
}
