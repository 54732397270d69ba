/**
 * Gives an array's memory back at once: for what is large and known to be done with. The collector of garbage owns only
 * the array's name, and looks for what lies behind it late. Nothing can be read from the array, or from a view of it, after.
 */
export function release({ buffer }: Float32Array): void {
  (buffer as ArrayBuffer).transfer(0);
}

/** The first so many bytes of an array's memory; all of it is given back at once. */
export function firstBytes({ buffer }: Float32Array | Int32Array, count: number): ArrayBuffer {
  return (buffer as ArrayBuffer).transfer(count);
}
