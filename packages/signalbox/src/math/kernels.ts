import type { Kernel } from './kernel.ts';
import { scalarKernel } from './kernel-scalar.ts';
import { vectorKernel } from './kernel-vector.ts';

/** The fastest kernel of this machine. Its memory is scratch: nothing in it outlasts the call that put it there. */
export const kernel: Kernel = vectorKernel() ?? scalarKernel();
