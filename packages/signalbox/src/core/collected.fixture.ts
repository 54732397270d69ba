import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Lets the collector of garbage go over everything until the object is gone; false if it never goes. */
export async function collected(object: WeakRef<object>): Promise<boolean> {
  // Code that waits or is being compiled may hold what it will not use again for some turns.
  for (let tries = 0; tries < 100; tries++) {
    await new Promise((resolve) => setImmediate(resolve));
    collect();
    if (object.deref() === undefined) return true;
  }
  return false;
}
