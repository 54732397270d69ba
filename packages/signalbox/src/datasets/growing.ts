/** A vector of numbers that grows. */
export interface Growing {
  readonly length: number;
  at(i: number): number;
  push(value: number): void;
  /** Sets number i, filling what lies before it. */
  set(i: number, value: number): void;
}

/** @param fill what stands where nothing was set */
export function growing(fill = 0): Growing {
  let data = new Float64Array(64).fill(fill);
  let length = 0;
  const set = (i: number, value: number): void => {
    if (i >= data.length) {
      const wider = new Float64Array(Math.max(i + 1, data.length * 2)).fill(fill, data.length);
      wider.set(data);
      data = wider;
    }
    data[i] = value;
    length = Math.max(length, i + 1);
  };
  return {
    get length() {
      return length;
    },
    at: (i) => (i < length ? data[i]! : fill),
    push: (value) => set(length, value),
    set,
  };
}
