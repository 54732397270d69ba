/** Loaded before each test file: properties draw the same cases in every run, or those of SIGNALBOX_TEST_SEED. */
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env['SIGNALBOX_TEST_SEED'] ?? 1) });
