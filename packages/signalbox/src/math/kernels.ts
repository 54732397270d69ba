import type { Kernel } from './kernel.ts';
import { scalarKernel } from './kernel-scalar.ts';
import { type SingleKernel, singleScalarKernel, singleVectorKernel } from './kernel-single.ts';
import { vectorKernel } from './kernel-vector.ts';

/** The fastest kernels of this machine. Their memory is scratch: nothing in it outlasts the call that put it there. */
export const kernel: Kernel = vectorKernel() ?? scalarKernel();

/** Of 32-bit floats. */
export const single: SingleKernel = singleVectorKernel() ?? singleScalarKernel();
