import type { Sample } from './contract.ts';
import { array2d, dict, pickled } from './pickle/write.fixture.ts';

/** Small sources of formats that benchmarks publish. */
export const publishedSamples = {
  routereval: {
    files: {
      'x_router_dataset.pkl': pickled(
        dict({
          data: dict({
            train_score: array2d([[1, 0]]),
            val_score: array2d([[0, 1]]),
            test_score: array2d([[1, 1]]),
          }),
          model: ['a', 'b'],
        }),
      ),
    },
    rows: 3,
    models: ['a', 'b'],
  },
} satisfies Record<string, Sample>;
